"""What pikepdf can save: encrypted files whose password is known, and damaged ones.

Only called for files that need it: importing pikepdf costs more than judging a hundred good ones.
"""

from __future__ import annotations

import io
import logging
import re
from typing import TYPE_CHECKING

from attrs import field, frozen

from loanbatch.errors import EncryptedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pikepdf import Pdf

#: What the library raises on damaged files besides its own errors.
_FAILURES = (RuntimeError, ValueError, TypeError, KeyError, AttributeError, OverflowError)

#: Complaints of the library about things that it sets right without losing anything.
_HARMLESS = re.compile(
    "file is damaged|xref not found|reconstruct|not one plus the highest|Resources is missing"
    "|whitespace seen before xref"
)
_END = b"\n%%EOF\n"


@frozen(kw_only=True)
class Rescued:
    """A file that pikepdf wrote anew: no encryption, its table of objects and page tree sound."""

    content: bytes = field(repr=False)
    page_count: int
    #: Whether all streams of the original could be read.
    intact: bool


def rescued(content: bytes, passwords: Sequence[str] = ()) -> Rescued | None:
    """Return a locked or damaged file as far as it can be opened and put together again.

    Returns:
        None where it is damaged beyond repair.

    Raises:
        EncryptedError: No password opens it, or it is locked by other means than a password.
    """
    import pikepdf

    for password in ("", *passwords):
        try:
            # With something behind it, the library does not lose an object at the very end.
            return _written_anew(content + _END, password)
        except pikepdf.PasswordError:
            continue
        except (pikepdf.PdfError, *_FAILURES) as error:
            if "encryption" not in str(error):
                return None
            raise EncryptedError(
                "the PDF is locked by a certificate or a rights management system; "
                "save an unprotected copy"
            ) from None
    tried = "none is known"
    if passwords:
        count = len(passwords)
        tried = "the one given does not open it" if count == 1 else f"none of the {count} opens it"
    raise EncryptedError(
        f"the PDF needs a password and {tried}; give it with --password-file (setting passwords) "
        "or save an unprotected copy"
    )


def count_pages(content: bytes) -> int | None:
    """Return how many pages the page tree has, whatever it claims; None where it is damaged."""
    import pikepdf

    try:
        with _opened(content, "") as pdf:
            return len(pdf.pages)
    except (pikepdf.PdfError, pikepdf.PasswordError, *_FAILURES):
        return None


def _opened(content: bytes, password: str) -> Pdf:
    import pikepdf

    # Its messages quote the file, and without a handler they go to standard error.
    logging.getLogger("pikepdf").setLevel(logging.CRITICAL + 1)
    return pikepdf.open(io.BytesIO(content), password=password)


def _written_anew(content: bytes, password: str) -> Rescued:
    import pikepdf

    with _opened(content, password) as pdf:
        intact = all(_HARMLESS.search(str(line)) for line in _complaints(pdf))
        _flatten_pages(pdf)
        out = io.BytesIO()
        pdf.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.none)
        return Rescued(content=out.getvalue(), page_count=len(pdf.pages), intact=intact)


def _complaints(pdf: Pdf) -> list[object]:
    len(pdf.pages)  # has the page tree read
    return [*pdf.get_warnings(), *pdf.check_pdf_syntax()]


def _flatten_pages(pdf: Pdf) -> None:
    """Have the page tree written anew, whatever its counts claim."""
    pdf.Root.Pages.Count = len(pdf.pages)  # else the library trusts it and fails
    # Any change of the pages makes the library flatten the tree.
    pdf.add_blank_page()
    del pdf.pages[-1]
