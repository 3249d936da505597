"""The limits, what becomes of a source that meets them, and what a judge hands on."""

from __future__ import annotations

from attrs import field, frozen

from loanbatch.errors import TooLargeError, TooManyPagesError
from loanbatch.models import Finding

#: Pixels of one image beyond which the image library refuses to go on, whatever the settings say.
MOST_PIXELS = 150_000_000


@frozen(kw_only=True)
class Limits:
    """What a source may have; as in the plugin's settings."""

    max_pages: int
    #: Of one image.
    max_pixels: int

    def refuse_pages(self, count: int, *, more: bool = False) -> None:
        """Raise TooManyPagesError where `count` pages, or even `more`, are too many."""
        if count > self.max_pages:
            number = f"{count} or more" if more else f"{count}"
            raise TooManyPagesError(
                f"{number} pages, the limit is {self.max_pages} (intake.max_pages); "
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
