"""The limits, what becomes of a source that meets them, and what a judge hands on."""

from __future__ import annotations

from attrs import field, frozen

from loanbatch.errors import TooLargeError, TooManyPagesError
from loanbatch.models import Finding


@frozen(kw_only=True)
class Limits:
    """What a source may have; as in the plugin's settings."""

    max_pages: int
    #: Of one image.
    max_pixels: int

    def refuse_pages(self, count: int, *, at_least: bool = False) -> None:
        """Raise TooManyPagesError where `count` pages, or `at_least` so many, are too many."""
        if count > self.max_pages:
            more = " or more" if at_least else ""
            raise TooManyPagesError(
                f"{count}{more} pages, the limit is {self.max_pages} (intake.max_pages); "
                "split the file or raise the limit"
            )

    def refuse_pixels(self, width: int, height: int) -> None:
        """Raise TooLargeError where an image of this size has too many pixels."""
        if width * height > self.max_pixels:
            raise TooLargeError(
                f"an image of {width} x {height} pixels, the limit is {self.max_pixels} pixels "
                "(intake.max_pixels); scan with 300 dpi or raise the limit"
            )


@frozen(kw_only=True)
class Judged:
    """A source that can be processed."""

    #: MIME type of `content`.
    media_type: str
    page_count: int
    #: As it came in, or decrypted or repaired.
    content: bytes = field(repr=False)
    findings: tuple[Finding, ...] = ()
