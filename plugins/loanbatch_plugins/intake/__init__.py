"""Judges whether a source can be processed: by its type, its limits, its encryption, its damage.

Accepted are PDF, JPEG, PNG and TIFF, by content and whatever the file's name says. Everything cheap
comes first: a file that is too large is not read, one with too many pages or pixels is not decoded.
What can be saved is handed on decrypted or repaired, with a finding; what cannot is refused with a
code of its own and what to do about it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import evolve, field, frozen

from loanbatch.errors import EmptyError, SettingsError, TooLargeError
from loanbatch.hookspecs import hookimpl
from loanbatch.models import Source, Validation
from loanbatch.settings import Settings
from loanbatch_plugins.intake._limits import MOST_PIXELS, Limits
from loanbatch_plugins.intake._types import media_type_of

__all__ = ["IntakeSettings", "register_settings", "validate"]

_MEGABYTE = 1024 * 1024


def _from_one_to(most: int | None = None) -> Callable[[object, Any, int], None]:
    """Return a validator for whole numbers."""

    def validate(_: object, attribute: Any, value: int) -> None:  # noqa: ANN401 - attrs' Attribute
        if value < 1 or (most is not None and value > most):
            limit = "" if most is None else f" and at most {most}"
            raise SettingsError(f"{attribute.name} must be at least 1{limit}, not {value}")

    return validate


@frozen(kw_only=True)
class IntakeSettings:
    """The table `[loanbatch.intake]`."""

    #: Megabytes (2^20 bytes) of a file; files of more than 1024 are never read.
    max_size_mb: int = field(default=50, validator=_from_one_to(1024))
    #: Pages of a PDF, frames of a TIFF.
    max_pages: int = field(default=50, validator=_from_one_to())
    #: Pixels of one image: width times height. A legal page at 600 dpi has 43 million.
    max_pixels: int = field(default=100_000_000, validator=_from_one_to(MOST_PIXELS))


@hookimpl
def register_settings() -> type:
    """Give the class of the plugin's settings."""
    return IntakeSettings


@hookimpl
def validate(source: Source, settings: Settings) -> Validation:
    """Judge a source and hand it on with media type, page count and content.

    Raises:
        ValidationError: empty, unsupported_type, too_large, too_many_pages, encrypted or corrupt;
            the message names the limit and its setting, or what to do.
    """
    own = settings.plugin(IntakeSettings)
    _refuse_size(source.size, own.max_size_mb)
    content = source.read()
    _refuse_size(len(content), own.max_size_mb)
    media_type = media_type_of(content)
    limits = Limits(max_pages=own.max_pages, max_pixels=own.max_pixels)
    if media_type == "application/pdf":
        from loanbatch_plugins.intake._pdf import judge_pdf

        judged = judge_pdf(content, limits, settings.passwords)
    else:
        from loanbatch_plugins.intake._images import judge_image

        judged = judge_image(content, media_type, limits)
    return Validation(
        source=evolve(
            source,
            media_type=judged.media_type,
            page_count=judged.page_count,
            content=judged.content,
        ),
        findings=judged.findings,
    )


def _refuse_size(size: int | None, limit_mb: int) -> None:
    if size == 0:
        raise EmptyError("the file has no bytes; it may not have been copied completely")
    if size is not None and size > limit_mb * _MEGABYTE:
        raise TooLargeError(
            f"{size / _MEGABYTE:.1f} MB, the limit is {limit_mb} (intake.max_size_mb); split"
            " the file, scan with less resolution, or raise the limit"
        )
