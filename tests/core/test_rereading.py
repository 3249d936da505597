"""Values read a second time: which ones, what their readings amount to, what becomes of them."""

from decimal import Decimal, InvalidOperation

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from loanbatch import hookimpl
from loanbatch.errors import OcrFailedError
from loanbatch.models import Box, Document, Field, Page, PageImage, Recognition, TextSource, Word
from loanbatch.pipeline import process_source
from loanbatch.pipeline._places import unsure_places
from loanbatch.pipeline._settling import DISPUTED, Reading, settled
from loanbatch.sources import hash_source, source_from_bytes
from loanbatch.vocabulary import standard_vocabulary

# --- what readings amount to -------------------------------------------------------------------


#: Of 200 by 400 pixels.
BLANK = bytes(80_000)


def reading(value, confidence):
    return Reading(
        word=Word("?" if value is None else str(value), 0, 0, 9, 9, confidence), value=value
    )


#: First value, further readings, the winner's value and the rivals'; `a` has confidence 0.7.
CASES = {
    "the same value": ("a", [("a", 0.9)], "a", []),
    "the same value after nothing": ("a", [(None, 0.9), ("a", 0.9)], "a", []),
    "nothing": ("a", [], "a", []),
    "nothing that fits": ("a", [(None, 0.9), (None, 0.9)], "a", []),
    "another value, unsure": ("a", [("b", 0.75)], "a", []),
    "two other values, unsure": ("a", [("b", 0.75), ("c", 0.7)], "a", []),
    "the same value after another, unsure": ("a", [("b", 0.75), ("a", 0.9)], "a", []),
    "the same value after another, sure": ("a", [("b", 0.9), ("a", 0.9)], "a", ["b"]),
    "another value, clearly surer": ("a", [("b", 0.9)], "b", ["a"]),
    "another value twice, unsure": ("a", [("b", 0.6), (None, 0.1), ("b", 0.5)], "a", ["b"]),
    "another value twice and a third": (
        "a",
        [("b", 0.6), ("c", 0.95), ("b", 0.9)],
        "b",
        ["a", "c"],
    ),
    "the same value after another twice, unsure": (
        "a",
        [("b", 0.7), ("b", 0.7), ("a", 0.9)],
        "a",
        [],
    ),
    "no value, then a sure one": (None, [("b", 0.9)], "b", [None]),
    "no value, then an unsure one": (None, [("b", 0.7)], None, []),
    "no value, then one twice": (None, [("b", 0.4), ("b", 0.7)], "b", [None]),
    "never a value": (None, [(None, 0.9)], None, []),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_readings_amount_to(case):
    first, again, winner, rivals = case

    settlement = settled(reading(first, 0.7), [reading(*one) for one in again])

    assert settlement.winner.value == winner
    assert [rival.value for rival in settlement.rivals] == rivals


def test_agreement_makes_a_value_as_sure_as_the_surer_reading():
    assert settled(reading("a", 0.7), [reading("a", 0.9)]).winner.confidence == 0.9
    assert settled(reading("a", 0.95), [reading("a", 0.9)]).winner.confidence == 0.95


def test_another_value_less_sure_than_the_first_is_a_rival_only():
    settlement = settled(reading("a", 0.9), [reading("b", 0.85)])

    assert settlement.winner.value == "a"
    assert [rival.value for rival in settlement.rivals] == ["b"]
    assert settlement.winner.confidence == DISPUTED


values = st.sampled_from([None, "a", "b", "c"])
readings = st.builds(reading, values, st.floats(0, 1))


@given(readings, st.lists(readings, max_size=4))
def test_a_value_is_never_changed_in_silence(first, again):
    settlement = settled(first, again)

    if settlement.winner.value != first.value:
        assert first.value in [rival.value for rival in settlement.rivals]
    if settlement.rivals:
        assert settlement.winner.confidence <= DISPUTED
    assert settlement.winner.value in [first.value, *(one.value for one in again)]


@given(readings, st.lists(readings, max_size=4))
def test_only_agreement_makes_a_value_surer(first, again):
    settlement = settled(first, again)

    if settlement.winner.confidence > max(first.confidence, DISPUTED):
        assert {one.value for one in again} <= {first.value, None}
        assert first.value in [one.value for one in again]


# --- which values are read ---------------------------------------------------------------------


def page_of(*words):
    return Page(number=1, width=600, height=800, words=words, text_source=TextSource.RECOGNIZED)


def word(text, confidence, left=100.0):
    return Word(text, left, 100, left + 40, 112, confidence)


def places_for(*fields, page, threshold=0.75):
    document = Document(
        kind="other", first_page=1, last_page=1, fields={field.name: field for field in fields}
    )
    vocabulary = standard_vocabulary()
    return unsure_places([document], {1: page}, vocabulary, threshold).get(1, [])


AROUND_WORD = Box(95, 95, 145, 115)


def field(name, raw, box=AROUND_WORD, **more):
    facts = {"page": 1, "confidence": 0.9, "extractor": "test", "value": Decimal(1)} | more
    return Field(name=name, raw=raw, box=box, **facts)


@pytest.mark.parametrize(
    ("confidence", "facts", "is_read"),
    [
        (0.99, {}, False),
        (0.90, {}, True),
        (0.99, {"value": None}, True),
        (0.99, {"confidence": 0.7}, True),
        (1.0, {"confidence": 0.7}, False),  # the file itself has the word
    ],
)
def test_unsure_amounts_are_read_again(confidence, facts, is_read):
    places = places_for(
        field("loan_amount", "$1.00", **facts), page=page_of(word("$1.00", confidence))
    )

    assert bool(places) == is_read


def test_names_are_not_read_again():
    assert not places_for(
        field("lender_name", "Bank", value="Bank"), page=page_of(word("Bank", 0.2))
    )


def test_a_value_is_told_from_the_words_around_it():
    page = page_of(word("wages", 0.3, left=60), word("$5.00)", 0.6))

    (place,) = places_for(field("loan_amount", "$5.00", box=Box(50, 95, 145, 115)), page=page)

    assert (place.word.text, place.around) == ("wages $5.00)", ("wages", ")"))


def test_a_value_put_together_from_elsewhere_is_not_read_again():
    assert not places_for(field("loan_amount", "$12.00"), page=page_of(word("$1", 0.2)))


def test_words_of_two_fields_are_read_once():
    places = places_for(
        field("loan_amount", "$1.00"),
        field("amount_financed", "$1.00"),
        page=page_of(word("$1.00", 0.3)),
    )

    assert len(places) == 1


def test_the_least_sure_values_of_a_page_are_read_and_no_more_than_twenty():
    words = [Word(f"${n}.00", 50, 20.0 * n, 90, 20.0 * n + 10, 0.3 + n / 100) for n in range(1, 40)]
    names = [n for n, d in standard_vocabulary().fields.items() if d.type == "money"][:39]
    fields = [field(n, w.text, box=w.box) for n, w in zip(names, words, strict=True)]

    places = places_for(*reversed(fields), page=page_of(*words))

    assert [place.word.text for place in places] == [f"${n}.00" for n in range(1, 21)]


# --- what becomes of them ----------------------------------------------------------------------


class Scan:
    """A page on which `loan_amount` was read with little confidence; read again as told."""

    first = ("5000", 0.6)
    again = ()
    fails = None

    def __init__(self):
        self.asked = []

    @hookimpl
    def read_pages(self):
        return [Page(number=1, width=100, height=200)]

    @hookimpl
    def render_page(self):
        return PageImage(page_number=1, width=200, height=400, pixels=BLANK, points_per_pixel=0.5)

    @hookimpl
    def recognize_text(self):
        text, confidence = self.first
        return Recognition(
            words=(Word("note", 20, 40, 60, 80, 0.99), Word(text, 70, 40, 90, 80, confidence))
        )

    @hookimpl
    def extract(self, pages):
        found = pages[0].words[1]
        yield Field(
            name="loan_amount",
            raw=found.text,
            page=1,
            box=found.box,
            confidence=0.4 + 0.6 * found.confidence,
            extractor="scan/note",
        )

    @hookimpl
    def normalize(self, field):
        try:
            return evolve(field, value=Decimal(field.raw))
        except InvalidOperation:
            return field

    @hookimpl
    def recognize_again(self, words):
        self.asked.append([one.text for one in words])
        if self.fails:
            raise self.fails
        return [
            [one._replace(text=text, confidence=sure) for text, sure in self.again] for one in words
        ]


@pytest.fixture
def process(make_handler):
    def run(scan, **overrides):
        # What the scan says of its value is made for this threshold.
        handler = make_handler(scan, **{"review_threshold": 0.75} | overrides)
        return process_source(handler.registry, hash_source(source_from_bytes("a.txt", b"x")))

    return run


def scan(first, *again, fails=None):
    made = Scan()
    made.first, made.again, made.fails = first, again, fails
    return made


def amount_of(result):
    return result.documents[0].fields["loan_amount"]


def test_agreement_spares_a_person_the_look(process):
    assert process(scan(("5000", 0.5))).needs_review

    result = process(scan(("5000", 0.5), ("5000", 0.95)))

    assert not result.needs_review
    found = amount_of(result)
    assert (found.value, found.extractor, found.alternatives) == (Decimal(5000), "scan/note", ())
    assert found.confidence == pytest.approx(0.4 + 0.6 * 0.95)


def test_a_sure_value_that_reads_otherwise_needs_review_with_both_readings(process):
    result = process(scan(("128047.26", 0.94), ("128047.36", 0.97), ("128047.36", 0.92)))

    assert [finding.code for finding in result.findings] == ["low_confidence"]
    found = amount_of(result)
    assert (found.value, found.extractor) == (Decimal("128047.36"), "scan/note+reread")
    (other,) = found.alternatives
    assert (other.value, other.extractor) == (Decimal("128047.26"), "scan/note")
    assert other.box == Box(35, 20, 45, 40)


def test_a_sure_value_keeps_its_place_before_a_less_sure_one(process):
    result = process(scan(("5000", 0.94), ("6000", 0.85)))

    found = amount_of(result)
    assert (found.value, found.extractor) == (Decimal(5000), "scan/note")
    assert [(o.value, o.extractor) for o in found.alternatives] == [
        (Decimal(6000), "scan/note+reread")
    ]
    assert result.needs_review


def test_text_without_value_gives_way_to_one_with(process):
    result = process(scan(("50:00", 0.9), ("50.00", 0.95)))

    found = amount_of(result)
    assert found.value == Decimal("50.00")
    assert [(o.raw, o.value) for o in found.alternatives] == [("50:00", None)]
    assert result.needs_review


def test_sure_values_are_not_read_again(process):
    sure = scan(("5000", 0.98), ("6000", 0.99))

    result = process(sure)

    assert sure.asked == []
    assert amount_of(result).value == Decimal(5000)


def test_nothing_is_read_again_where_it_is_switched_off(process):
    unsure = scan(("5000", 0.5), ("5000", 0.95))

    assert process(unsure, reread=False).needs_review
    assert unsure.asked == []


def test_an_engine_that_fails_is_told_and_the_first_reading_stays(process):
    result = process(scan(("5000", 0.9), fails=OcrFailedError("the engine gave up")))

    (finding,) = result.findings
    assert finding.code == "not_reread"
    assert "page 1" in finding.message
    assert amount_of(result).value == Decimal(5000)


def test_readings_that_do_not_match_the_places_are_refused(process):
    class Short(Scan):
        @hookimpl
        def recognize_again(self):
            return []

    short = Short()

    result = process(short)

    assert [finding.code for finding in result.findings] == ["not_reread"]
    assert "0 words in recognize_again, expected 1" in result.findings[0].message


def test_a_cell_that_reads_otherwise_makes_its_table_doubtful(process):
    class Table(Scan):
        @hookimpl
        def extract(self, pages):
            found = pages[0].words[1]
            cell = Field(
                name="amount",
                raw=found.text,
                page=1,
                box=found.box,
                confidence=0.9,
                extractor="scan/note",
            )
            yield evolve(cell, name="fees", raw=cell.raw, rows=((cell,),), confidence=0.95)

    table = Table()
    table.first, table.again = ("5000", 0.8), (("6000", 0.97),)

    result = process(table)

    fees = result.documents[0].fields["fees"]
    ((cell,),) = fees.rows
    assert (cell.value, cell.extractor) == (Decimal(6000), "scan/note+reread")
    assert [other.value for other in cell.alternatives] == [Decimal(5000)]
    assert fees.confidence < 0.75
    assert result.findings[0].fields == ("fees",)


def test_a_reading_that_goes_on_swallows_the_words_it_covers(process):
    class Torn(Scan):
        @hookimpl
        def recognize_text(self):
            return Recognition(
                words=(
                    Word("note", 20, 40, 60, 80, 0.99),
                    Word("61", 70, 40, 90, 80, 0.85),
                    Word("085.30", 92, 40, 130, 80, 0.95),
                )
            )

        @hookimpl
        def recognize_again(self, words):
            return [[one._replace(text="61085.30", right=65, confidence=0.97)] for one in words]

    result = process(Torn())

    found = amount_of(result)
    assert (found.value, found.box) == (Decimal("61085.30"), Box(35, 20, 65, 40))
    assert result.needs_review
