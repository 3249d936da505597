"""PDF: pages, encryption and damage, as the engine that will read it sees them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext, suppress

from loanbatch.errors import CorruptError, EmptyError, EncryptedError
from loanbatch.models import Finding, Severity
from loanbatch_plugins.intake._engine import Survey, survey
from loanbatch_plugins.intake._integrity import has_damaged_streams, look_at_objects
from loanbatch_plugins.intake._limits import Judged, Limits
from loanbatch_plugins.intake._shape import (
    Damage,
    damage,
    has_more_pages,
    has_several_files,
    trimmed,
)

_MEDIA_TYPE = "application/pdf"

_DECRYPTED = Finding(
    code="decrypted",
    severity=Severity.INFO,
    message="the PDF is encrypted; it was opened and is processed without its encryption",
)
_REBUILT = Finding(
    code="repaired",
    severity=Severity.INFO,
    message="the PDF's table of objects was wrong and was rebuilt; nothing seems to be missing",
)


_PARTS_DAMAGED = Finding(
    code="repaired",
    severity=Severity.WARNING,
    message="parts of the PDF are damaged, and what they hold may be missing from its pages: "
    "compare with the original",
)
_ONE_OF_SEVERAL = Finding(
    code="partly_read",
    severity=Severity.WARNING,
    message="several PDFs stand one behind the other in the file and only one of them is read: "
    "split them",
)


def judge_pdf(content: bytes, limits: Limits, passwords: Sequence[str]) -> Judged:
    """Judge a PDF; hand it on decrypted and repaired where that was needed.

    Raises:
        EmptyError: It has no page.
        TooManyPagesError: It has too many.
        EncryptedError: No password opens it.
        CorruptError: Neither the engine nor the repair can read it.
    """
    findings: list[Finding] = []
    content = trimmed(content)
    if has_several_files(content):
        findings.append(_ONE_OF_SEVERAL)
    harm = _harm(content)
    seen = survey(content, limits.max_pages)
    if seen.encrypted:
        content = _decrypt(content, passwords)
        findings.append(_DECRYPTED)
        seen = survey(content, limits.max_pages)
    _refuse_pages(seen, limits)
    if harm is not Damage.NONE or not seen.has_all_pages or _hides_pages(content, seen):
        content, seen, finding = _repair(content, seen, harm, limits)
        findings.append(finding)
        _refuse_pages(seen, limits)
    elif has_damaged_streams(content):
        findings.append(_PARTS_DAMAGED)
    findings.extend(_contents(seen))
    return Judged(
        media_type=_MEDIA_TYPE, page_count=seen.last, content=content, findings=tuple(findings)
    )


def _harm(content: bytes) -> Damage:
    harm = damage(content)
    if harm is Damage.CUT_OFF:
        return harm
    objects = look_at_objects(content)
    if objects.lost:
        return Damage.CUT_OFF
    # A table that is not found is made anew by the engine, which then sees all objects.
    return Damage.MISLED if objects.misled and harm is Damage.NONE else harm


def _refuse_pages(seen: Survey, limits: Limits) -> None:
    # What the file claims counts only as far as the pages are there.
    if seen.loadable > limits.max_pages:
        limits.refuse_pages(max(seen.claimed, seen.loadable))


def _hides_pages(content: bytes, seen: Survey) -> bool:
    """Tell whether the page tree has more pages than it claims; engines trust what it claims."""
    if not has_more_pages(content, seen.claimed):
        return False
    from loanbatch_plugins.intake._rescue import count_pages

    return count_pages(content) != seen.claimed


def _decrypt(content: bytes, passwords: Sequence[str]) -> bytes:
    from loanbatch_plugins.intake._rescue import rescued

    found = rescued(content, passwords)
    return content if found is None else found.content


def _repair(
    content: bytes, seen: Survey, harm: Damage, limits: Limits
) -> tuple[bytes, Survey, Finding]:
    """Put a doubtful file together again; hand that on where the engine found fewer pages.

    Raises:
        EmptyError: It is sound, and has no page.
        EncryptedError: It turns out to be locked.
        CorruptError: No page can be loaded.
    """
    from loanbatch_plugins.intake._rescue import rescued

    found = None
    with suppress(EncryptedError) if seen.loadable else nullcontext():
        found = rescued(content)
    if found is not None and found.page_count == 0:
        raise EmptyError("the PDF has no page; export it again")
    nothing_lost = (
        harm in (Damage.MISPLACED, Damage.MISLED)
        and seen.has_all_pages
        and found is not None
        and found.intact
        and found.page_count == seen.claimed
    )
    if nothing_lost and harm is Damage.MISPLACED:
        return content, seen, _REBUILT
    if found is not None:
        mended = survey(found.content, limits.max_pages)
        is_misled = harm is Damage.MISLED and mended.loadable >= seen.loadable
        if mended.loadable > seen.loadable or not seen.has_all_pages or is_misled:
            content, seen = found.content, mended
            if nothing_lost and is_misled:
                return content, seen, _REBUILT
    if not seen.loadable:
        raise CorruptError("the PDF is damaged beyond repair; export or scan it again")
    return content, seen, _recovered(seen.last)


def _recovered(page_count: int) -> Finding:
    pages = "1 page" if page_count == 1 else f"{page_count} pages"
    return Finding(
        code="repaired",
        severity=Severity.WARNING,
        message=f"the PDF is damaged; {pages} could be recovered, others or parts of them may be "
        "missing: compare with the original",
    )


def _contents(seen: Survey) -> Iterator[Finding]:
    """Give the findings about what a PDF holds besides its pages."""
    if seen.dynamic_form:
        yield Finding(
            code="dynamic_form",
            severity=Severity.WARNING,
            message="the PDF is a dynamic XFA form, whose pages only Acrobat can draw: print it "
            "to PDF there and process that",
        )
    if seen.attachments:
        what = "1 file is" if seen.attachments == 1 else f"{seen.attachments} files are"
        advice = "save them and process them too" if seen.attached_documents else "not read"
        yield Finding(
            code="attachments",
            severity=Severity.WARNING if seen.attached_documents else Severity.INFO,
            message=f"{what} attached inside the PDF, {seen.attached_documents} of them PDF or "
            f"images: {advice}",
        )
