"""A document as the rules see it: laid-out pages, found labels, sections, running text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, cached_property
from itertools import accumulate
from typing import Any

from attrs import frozen

from loanbatch.models import Box, Field, Page, Word
from loanbatch_plugins.layout import Flow, PageLayout, Segment, read_flows, union
from loanbatch_plugins.templates._hits import Hit, HitTable, LabelIndex, MisreadLabels
from loanbatch_plugins.templates._schema import (
    Column,
    FieldTemplate,
    Label,
    Rule,
    Scope,
    Section,
    Template,
    Where,
)

#: A heading's part reaches this far to its left and above it, in heights of its text.
_MARGIN = 1.0
#: How forms tell what to write, which only labels do: "Start Date (mm/dd/yyyy)".
_FORMAT_HINT = re.compile(r"\((?:mm|dd|yyyy)[/.-](?:[mdy]{2,4}[/.-])?yy(?:yy)?\)$", re.IGNORECASE)


#: Prose in the place of a heading: `Projected Payments below for your …`.
_GOES_ON = re.compile(r" (?:below|above|on (?:page|the)|is|are|will|may|can|has|have|shows?) ?")


@frozen
class Region:
    """A part of a page."""

    page: int
    box: Box

    def holds(self, page: int, box: Box) -> bool:
        """Whether the middle of a box on a page lies in the region."""
        across = (box.left + box.right) / 2
        down = (box.top + box.bottom) / 2
        inside = self.box.left <= across <= self.box.right and self.box.top <= down
        return page == self.page and inside and down < self.box.bottom


PartReader = Callable[[Sequence[Page], Sequence[FieldTemplate]], dict[str, Field]]


def _read_nothing(pages: Sequence[Page], items: Sequence[FieldTemplate]) -> dict[str, Field]:
    del pages, items
    return {}


class DocumentView:
    """The pages of one document, read once for one template."""

    def __init__(self, pages: Sequence[Page], template: Template, index: LabelIndex) -> None:
        self.layouts = [PageLayout(page) for page in sorted(pages, key=lambda item: item.number)]
        self.template = template
        self.hits: HitTable = index.find(self.layouts)
        self._similar: dict[str, Sequence[Hit]] = {}
        self._regions: dict[str, list[Region]] = {}
        #: The fields found so far.
        self.found: dict[str, Field] = {}
        #: Which of the field's rules found it, counted from 1.
        self.rule_numbers: dict[str, int] = {}
        #: Reads pages for some fields as if they were a document; set by the engine.
        self.read_part: PartReader = _read_nothing
        #: What a reader found once and is asked for again.
        self.remembered: dict[str, Any] = {}
        self._stop_keys = {label.key for label in template.stops}
        self._choice_keys = _choice_keys(template) - self._stop_keys

    @cached_property
    def flows(self) -> tuple[Flow, Flow]:
        """The running text by blocks and by lines."""
        return read_flows(self.layouts)

    @cached_property
    def whole_pages(self) -> list[Region]:
        """Each page as a region."""
        return [
            Region(item.number, Box(0.0, 0.0, item.page.width, item.page.height))
            for item in self.layouts
        ]

    @cached_property
    def cell_flow(self) -> Flow:
        """The cells in reading order, each a paragraph of its own."""
        flow = Flow()
        for layout in self.layouts:
            for segment in layout.segments:
                flow.add(segment.words, layout.number)
                flow.end_paragraph()
        return flow.close()

    def layout(self, number: int) -> PageLayout:
        """Return the layout of a page of the document."""
        return next(item for item in self.layouts if item.number == number)

    def in_scope(self, page: int, scope: Scope) -> bool:
        """Whether a page is one on which a rule looks."""
        if scope is Scope.ANY:
            return True
        return page == self.layouts[0 if scope is Scope.FIRST else -1].number

    def stands(self, rule: Rule, page: int, box: Box) -> bool:
        """Whether a place lies on the page and in the section in which a rule looks."""
        if not self.in_scope(page, rule.page):
            return False
        return rule.section is None or any(
            region.holds(page, box) for region in self.regions(rule.section)
        )

    def find(self, labels: Iterable[Label], *, similar: bool = False) -> list[Hit]:
        """Return the places of labels in reading order, with or without tolerance."""
        found: dict[tuple[int, int, int, int], Hit] = {}
        wanted = list(labels)
        if similar:
            self._seek_similar(wanted)
        for label in wanted:
            hits = self._similar[label.key] if similar else self.hits.of_key(label.key)
            for hit in hits:
                if (label.starts_cell and not hit.starts_cell) or (
                    label.ends_cell and not hit.ends_cell
                ):
                    continue
                place = (hit.page, hit.segments[0].index, hit.start, hit.end)
                known = found.get(place)
                if known is None or known.similarity < hit.similarity:
                    found[place] = hit
        return [found[place] for place in sorted(found)]

    def _seek_similar(self, labels: Iterable[Label]) -> None:
        for label in labels:
            if label.key not in self._similar:
                self._similar[label.key] = self._misread.find(label.key)

    @cached_property
    def _misread(self) -> MisreadLabels:
        return MisreadLabels(self.layouts, self.hits)

    def find_any(self, labels: Sequence[Label]) -> list[Hit]:
        """Return exact places of labels, or similar ones where there are none."""
        return self.find(labels) or self.find(labels, similar=True)

    def is_label_cell(self, segment: Segment) -> bool:
        """Whether a cell is, or begins with, a known label and so is no value."""
        if _FORMAT_HINT.search(segment.text):
            return True
        for hit in self.hits.in_cell(segment):
            if hit.key in self._choice_keys:
                continue
            if hit.segments[0] is not segment or hit.start > 0:
                if hit.segments[0] is segment and not hit.starts_cell:
                    continue
                if hit.segments[0] is not segment:
                    return True
            if hit.ends_cell or hit.has_colon or hit.key in self._stop_keys:
                return True
        return False

    def next_label(self, segment: Segment, start: int) -> int:
        """Return the offset of the next label inside a cell's text, or the text's length."""
        end = len(segment.text)
        for hit in self.hits.in_cell(segment):
            if hit.segments[0] is not segment or not start < hit.start < end:
                continue
            if hit.has_colon or hit.key in self._stop_keys:
                end = hit.start
        return end

    @cached_property
    def captions(self) -> list[Hit]:
        """The labels that divide a captioned form into cells: of the cell rules, and stops."""
        groups = [rule.labels for rule in _cell_rules(self.template)]
        groups += [column.labels for column in _captioned_columns(self.template)]
        found = list(self.find(self.template.stops))
        for labels in groups:
            found += self.find_any(labels)
        return [hit for hit in found if hit.starts_cell or hit.start == 0]

    @cached_property
    def rule_labels(self) -> list[Hit]:
        """The places of the labels of all rules, at the starts of cells."""
        labels = {label for item in self.template.fields for r in item.rules for label in r.labels}
        return [hit for hit in self.find(labels) if hit.starts_cell]

    def regions(self, name: str) -> list[Region]:
        """Return where a section of the template stands; empty when its heading is missing."""
        if name not in self._regions:
            self._regions[name] = self._find_regions(self.template.sections[name])
        return self._regions[name]

    @cached_property
    def _headings(self) -> list[tuple[str, Hit]]:
        found: list[tuple[str, Hit]] = []
        for section in self.template.sections.values():
            found += [
                (section.name, hit)
                for hit in self.find_any(section.start)
                if hit.starts_cell and not _is_prose(hit)
            ]
        return found

    def _find_regions(self, section: Section) -> list[Region]:
        ends = [hit for hit in self.find_any(section.end) if hit.starts_cell] if section.end else []
        regions: list[Region] = []
        for name, heading in self._headings:
            if name == section.name:
                others = [
                    hit
                    for other, hit in self._headings
                    if hit.box != heading.box
                    and (other != name or hit.box.top > heading.box.bottom + _MARGIN * hit.height)
                ] + ends
                regions += self._region(section, heading, others)
        return regions

    def _region(self, section: Section, heading: Hit, others: Sequence[Hit]) -> list[Region]:
        layout = heading.layout
        page = layout.page
        margin = _MARGIN * heading.height
        beside = [
            hit.box.left
            for hit in others
            if hit.page == heading.page
            and hit.box.left > heading.box.right
            and abs(hit.box.top - heading.box.top) < margin
        ]
        left_neighbours = any(
            hit.page == heading.page
            and hit.box.right < heading.box.left
            and abs(hit.box.top - heading.box.top) < margin
            for hit in others
        )
        left = heading.box.left - 2 * margin if left_neighbours else 0.0
        right = min(beside) - margin if beside else page.width
        bottom = self._bottom(heading, others, left, right)
        regions = [
            Region(heading.page, Box(left, heading.box.top - 2, right, bottom or page.height))
        ]
        if section.continues and bottom is None:
            regions += self._following(heading, others)
        return regions

    def _bottom(
        self, heading: Hit, others: Sequence[Hit], left: float, right: float
    ) -> float | None:
        """Return where the next heading of the same column begins on the page."""
        tops = [
            hit.box.top - 1
            for hit in others
            if hit.page == heading.page
            and hit.box.top > heading.box.bottom - 1
            and hit.box.left < right
            and hit.box.right > left
        ]
        return min(tops, default=None)

    def _following(self, heading: Hit, others: Sequence[Hit]) -> list[Region]:
        regions = []
        for layout in self.layouts:
            if layout.number <= heading.page:
                continue
            tops = [hit.box.top - 1 for hit in others if hit.page == layout.number]
            bottom = min(tops, default=None)
            page = layout.page
            regions.append(Region(layout.number, Box(0.0, 0.0, page.width, bottom or page.height)))
            if bottom is not None:
                break
        return regions


def _is_prose(hit: Hit) -> bool:
    """Whether a line only begins with the words of a heading: without a capital, or going on."""
    rest = hit.segments[-1].text[hit.end :]
    goes_on = _GOES_ON.match(rest) is not None
    # "¿Puede" is also recognized as "éPuede".
    text = hit.segments[0].text[hit.start :]
    small = text[:1].islower() and not text[1:2].isupper()
    return small or goes_on


def _cell_rules(template: Template) -> Iterable[Rule]:
    waiting = [rule for item in template.fields for rule in item.rules]
    while waiting:
        rule = waiting.pop()
        waiting += rule.parts
        if Where.CELL in rule.where:
            yield rule


def _captioned_columns(template: Template) -> Iterable[Column]:
    for item in template.fields:
        for rule in item.rules:
            if rule.reader == "captioned_rows":
                yield from rule.columns


@cache
def _choice_keys(template: Template) -> frozenset[str]:
    """Return the wordings that are only what may be ticked: elsewhere they may be a value."""
    choices: set[str] = set()
    labels: set[str] = set()
    waiting = [rule for item in template.fields for rule in item.rules]
    while waiting:
        rule = waiting.pop()
        waiting += rule.parts
        choices |= {label.key for label, _ in rule.choices}
        labels |= {label.key for label in rule.labels}
    return frozenset(choices - labels)


def words_of(segment: Segment, start: int, end: int) -> tuple[Word, ...]:
    """Return the words of a cell that a stretch of its text touches."""
    return tuple(
        word
        for word, offset in zip(segment.words, segment.starts, strict=True)
        if offset < end and offset + len(word.text) > start
    )


def words_at(words: Sequence[Word], start: int, end: int) -> tuple[Word, ...]:
    """Return the words that a stretch of their text, joined with blanks, touches."""
    starts = accumulate((len(word.text) + 1 for word in words), initial=0)
    return tuple(
        word
        for word, offset in zip(words, starts, strict=False)
        if offset < end and offset + len(word.text) > start
    )


def box_of(words: Sequence[Word]) -> Box:
    """Return the rectangle around words."""
    return union(words)
