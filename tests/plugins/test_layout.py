"""Words to lines, cells, blocks and running text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanbatch.models import Page, TextSource, Word
from loanbatch_plugins.layout import PageLayout, read_blocks, read_flows, squeeze


def _words(left: float, top: float, text: str) -> list[Word]:
    words = []
    for part in text.split():
        words.append(Word(part, left, top, left + 5.0 * len(part), top + 10.0))
        left += 5.0 * len(part) + 3.0
    return words


def _page(*lines: tuple[float, float, str]) -> Page:
    words = [word for line in lines for word in _words(*line)]
    return Page(number=1, width=612.0, height=792.0, words=tuple(words))


def test_squeeze_drops_what_does_not_tell_labels_apart() -> None:
    assert squeeze("Loan  Amount:") == squeeze("LOANAMOUNT") == "loanamount"
    assert squeeze("Principal & Interest") == squeeze("Principal and Interest")
    assert squeeze("Préstamo") == "prestamo"
    assert squeeze("Loan ID #") != squeeze("Loan ID")


def test_words_of_one_height_are_one_line_and_wide_gaps_part_cells() -> None:
    layout = PageLayout(_page((40, 100, "Loan Amount"), (300, 101, "$5,000.00"), (40, 120, "Rate")))

    assert [[cell.text for cell in line] for line in layout.lines] == [
        ["Loan Amount", "$5,000.00"],
        ["Rate"],
    ]


def test_blanks_of_a_typewriter_part_no_cells_of_a_scan() -> None:
    # Boxes around the ink of letters set 6 points apart, 5.6 points high.
    words = (
        Word("October", 300.0, 100.0, 341.4, 105.6),
        Word("1,", 348.9, 100.0, 358.0, 105.6),
        Word("2025", 366.6, 100.0, 389.4, 105.6),
        Word("Amount", 420.6, 100.0, 455.4, 105.6),
    )

    layout = PageLayout(
        Page(number=1, width=612.0, height=792.0, words=words, text_source=TextSource.RECOGNIZED)
    )

    assert [cell.text for cell in layout.segments] == ["October 1, 2025", "Amount"]


def test_order_of_the_words_in_the_file_does_not_matter() -> None:
    page = _page((40, 100, "one two three"), (40, 112, "four five"))
    turned = Page(number=1, width=612.0, height=792.0, words=tuple(reversed(page.words)))

    assert [c.text for c in PageLayout(page).segments] == [
        c.text for c in PageLayout(turned).segments
    ]


def test_slightly_tilted_line_stays_one_line() -> None:
    words = tuple(
        Word("word", 40.0 + 25 * n, 100.0 + 0.6 * n, 60.0 + 25 * n, 110.0 + 0.6 * n)
        for n in range(20)
    )

    layout = PageLayout(Page(number=1, width=612.0, height=792.0, words=words))

    assert len(layout.lines) == 1


def test_right_of_and_below_give_the_nearest_first() -> None:
    layout = PageLayout(
        _page((40, 100, "Label"), (150, 100, "first"), (300, 100, "second"), (40, 114, "under"))
    )
    label = layout.segments[0]

    assert [item.text for item in layout.right_of(label.box)] == ["first", "second"]
    assert [item.text for item in layout.below(label.box, 20.0)] == ["under"]


def test_blocks_keep_to_their_columns() -> None:
    layout = PageLayout(
        _page(
            (40, 100, "left one"),
            (300, 100, "right one"),
            (40, 112, "left two"),
            (300, 112, "right two"),
        )
    )

    blocks = [[item.text for item in block] for block in read_blocks(layout)]

    assert blocks == [["left one", "left two"], ["right one", "right two"]]


def test_every_stretch_of_the_running_text_knows_its_words() -> None:
    layout = PageLayout(_page((40, 100, "pay to the order of"), (40, 112, "somebody else")))
    by_blocks, _ = read_flows([layout])
    start = by_blocks.text.index("order of somebody")

    span = by_blocks.span(start, start + len("order of somebody"))

    assert [word.text for word in span.words] == ["order", "of", "somebody"]
    assert span.page == 1


_WORD = st.builds(
    lambda text, left, top, width, height: Word(text, left, top, left + width, top + height),
    st.text(min_size=1, max_size=8).filter(lambda text: not any(map(str.isspace, text))),
    st.floats(-50, 700),
    st.floats(-50, 900),
    st.floats(0, 80),
    st.floats(0, 30),
)


@given(st.lists(_WORD, max_size=40))
def test_layout_keeps_every_word_once(words: list[Word]) -> None:
    layout = PageLayout(Page(number=1, width=612.0, height=792.0, words=tuple(words)))

    kept = [word for segment in layout.segments for word in segment.words]

    assert sorted(kept) == sorted(words)
    assert len(read_flows([layout])) == 2


def test_comma_whose_box_is_its_ink_stays_behind_its_word() -> None:
    """Boxes of the ink alone: a comma shares little height with the digits before it."""
    ink = [("Feb", 40, 100, 54, 107), ("1", 58, 100, 60, 106.5), (",", 62.7, 105.6, 63.6, 107.8)]
    ink += [
        ("2022", 67, 100, 86, 106.5),
        ("-", 89, 103.8, 91, 104.4),
        ("3,", 95, 100.2, 101, 107.8),
    ]
    words = tuple(Word(text, *box) for text, *box in ink)

    layout = PageLayout(Page(number=1, width=612.0, height=792.0, words=words))

    assert [segment.text for segment in layout.segments] == ["Feb 1 , 2022 - 3,"]


def test_overprinted_line_goes_on_with_its_nearer_word() -> None:
    label, value = (
        _words(40, 100, "Chance of continued employment"),
        _words(170, 100, "Strong odds"),
    )

    layout = PageLayout(Page(number=1, width=612.0, height=792.0, words=(*label, *value)))

    assert [segment.text for segment in layout.segments] == [
        "Chance of continued employment",
        "Strong odds",
    ]


@pytest.mark.parametrize(
    ("parts", "blank", "expected"),
    [
        (("$1", "2,216.24"), 1.8, ["$1", "2,216.24"]),
        (("$1", "2,216.24"), 0.3, ["$12,216.24"]),
        (("$60,1", "44"), 0.3, ["$60,144"]),
        (("$405,000.", "00"), 0.5, ["$405,000.00"]),
        (("1", "57,852"), 0.5, ["1", "57,852"]),
        (("5", "100.00"), 0.3, ["5", "100.00"]),
        (("12", "345"), 0.3, ["12", "345"]),
    ],
)
def test_torn_amounts_of_a_scan_are_joined_where_the_blank_is_none(
    parts: tuple[str, str], blank: float, expected: list[str]
) -> None:
    left, right = parts
    start = 100.0 + 5.0 * len(left) + 10.0 * blank
    words = (
        Word(left, 100.0, 100.0, 100.0 + 5.0 * len(left), 110.0),
        Word(right, start, 100.0, start + 5.0 * len(right), 110.0),
    )

    layout = PageLayout(
        Page(number=1, width=612.0, height=792.0, words=words, text_source=TextSource.RECOGNIZED)
    )

    assert [word.text for cell in layout.segments for word in cell.words] == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [(("$41,8", "73.62"), ["$41,873.62"]), (("$1", "2,216.24"), ["$1", "2,216.24"])],
)
def test_text_layer_is_joined_only_where_an_amount_ends_within_its_thousands(
    parts: tuple[str, str], expected: list[str]
) -> None:
    left, right = parts
    end = 100.0 + 5.0 * len(left)
    words = (
        Word(left, 100.0, 100.0, end, 110.0),
        Word(right, end + 2.0, 100.0, end + 2.0 + 5.0 * len(right), 110.0),
    )

    layout = PageLayout(Page(number=1, width=612.0, height=792.0, words=words))

    assert [word.text for cell in layout.segments for word in cell.words] == expected


def test_recognized_typewriter_print_is_not_torn_behind_a_full_stop() -> None:
    ink = [("No.", 63.1, 117.9, 78.4, 125.0), ("18,", 87.0, 117.9, 101.9, 126.9)]
    ink += [("2nd", 111.2, 117.6, 128.2, 125.1), ("Cross", 135.1, 117.9, 163.8, 125.1)]
    words = tuple(Word(text, *box) for text, *box in ink)

    layout = PageLayout(
        Page(number=1, width=612.0, height=792.0, words=words, text_source=TextSource.RECOGNIZED)
    )

    assert [segment.text for segment in layout.segments] == ["No. 18, 2nd Cross"]
