"""A second look at a page: ink without words is found, read, and believed only when plausible."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageFont

from loanbatch.models import Box, PageImage, Word
from loanbatch.settings import Settings
from loanbatch_plugins import ocr
from loanbatch_plugins.ocr._fitting import spaced
from loanbatch_plugins.ocr._ink import Leftover, ink_of, leftover_ink
from loanbatch_plugins.ocr._rereading import reread

needs_tesserocr = pytest.mark.skipif(
    find_spec("tesserocr") is None, reason="there is no wheel of tesserocr for this Python"
)
SIZE = (900, 700)
#: A word far from everything that tells how high the letters of the page are.
SURE = Word("Lender", 20, 640, 140, 664, 0.95)


def font(size: int = 34) -> ImageFont.FreeTypeFont:
    loaded = ImageFont.load_default(size=size)
    assert isinstance(loaded, ImageFont.FreeTypeFont)
    return loaded


def page_with(*texts: tuple[str, int, int], size: int = 34) -> tuple[Image.Image, list[Box]]:
    """Return a page with texts at their places, and their boxes."""
    picture = Image.new("L", SIZE, 255)
    boxes = []
    for text, left, top in texts:
        alone = Image.new("L", SIZE, 255)
        for page in (picture, alone):
            ImageDraw.Draw(page).text((left, top), text, font=font(size), fill=0)
        boxes.append(Box(*ImageChops.invert(alone).getbbox()))
    return picture, boxes


def left_over(picture: Image.Image, covered: Iterable[Box] = ()) -> Leftover:
    return leftover_ink(picture, ink_of(picture), covered)


class Reader:
    """Stands in for the engine: answers each line with a text as large as its ink."""

    def __init__(self, *answers: tuple[str, float]) -> None:
        self.answers = list(answers)
        self.lines: list[Image.Image] = []

    def __call__(self, line: Image.Image) -> Iterable[Word]:
        self.lines.append(line)
        text, confidence = self.answers[(len(self.lines) - 1) % len(self.answers)]
        ink = line.point(lambda value: 255 * (value < 150)).getbbox()
        return [Word(text, *ink, confidence)] if ink and text else []


# --- ink ---------------------------------------------------------------------------------------


@given(
    text=st.sampled_from(["7", "D", "X", "2023", "103.48", "Statutory"]),
    left=st.integers(30, 500),
    top=st.integers(30, 500),
    size=st.integers(20, 60),
    covered=st.booleans(),
)
@hypothesis_settings(max_examples=60, deadline=None)
def test_ink_is_left_over_where_no_word_covers_it(
    text: str, left: int, top: int, size: int, covered: bool
) -> None:
    picture, (box,) = page_with((text, left, top), size=size)

    lines = left_over(picture, [box] if covered else []).lines

    assert len(lines) == (0 if covered else 1)
    for line in lines:
        assert line == pytest.approx(box, abs=4)


@given(
    left=st.integers(10, 300),
    top=st.integers(10, 300),
    width=st.integers(120, 500),
    height=st.integers(90, 300),
    thickness=st.integers(1, 6),
)
@hypothesis_settings(max_examples=40, deadline=None)
def test_a_ruled_box_is_no_ink_of_letters_and_what_stands_in_it_is(
    left: int, top: int, width: int, height: int, thickness: int
) -> None:
    picture, (box,) = page_with(("D", left + width // 2, top + height // 2 - 20))
    outline = (left, top, left + width, top + height)
    ImageDraw.Draw(picture).rectangle(outline, outline=0, width=thickness)

    leftover = left_over(picture)

    (line,) = leftover.lines
    assert line == pytest.approx(box, abs=4)
    assert leftover.page.getpixel((left + width // 4, top)) == 255


def test_dashed_rules_and_pictures_are_no_ink_of_letters() -> None:
    picture = Image.new("L", SIZE, 255)
    draw = ImageDraw.Draw(picture)
    for left in range(40, 860, 30):
        draw.rectangle((left, 100, left + 18, 105), fill=0)
    draw.ellipse((300, 300, 520, 560), fill=90)

    assert left_over(picture).lines == ()


def test_a_rule_parts_what_stands_left_and_right_of_it() -> None:
    picture, boxes = page_with(("51.00", 100, 100), ("Cmber", 220, 100))
    ImageDraw.Draw(picture).line((208, 20, 208, 300), fill=0, width=3)

    lines = left_over(picture).lines

    assert len(lines) == len(boxes)


def test_a_page_full_of_specks_is_left_alone() -> None:
    picture = Image.effect_noise((1200, 1200), 200).convert("L")

    assert left_over(picture).lines == ()


# --- words -------------------------------------------------------------------------------------


def test_a_page_whose_ink_has_words_is_not_read_again() -> None:
    picture, (box,) = page_with(("Lender", 100, 100))
    words = (Word("Lender", *box, 0.9),)
    reader = Reader(("Borrower", 0.99))

    assert reread(picture, words, reader) == words
    assert reader.lines == []


@given(left=st.integers(10, 700), top=st.integers(10, 560), size=st.integers(18, 60))
@hypothesis_settings(max_examples=40, deadline=None)
def test_a_new_word_stands_on_its_ink(left: int, top: int, size: int) -> None:
    picture, (box,) = page_with(("D", left, top), size=size)

    *_, word = reread(picture, (SURE,), Reader(("D", 0.93)))

    assert word.text == "D"
    assert word.box == pytest.approx(box, abs=5)
    assert word.confidence == 0.93


@pytest.mark.parametrize(
    ("text", "confidence"), [("D", 0.65), ("-", 0.99), ("|", 0.99), ("‘A", 0.99), ("", 0.99)]
)
def test_an_unlikely_new_word_is_not_believed(text: str, confidence: float) -> None:
    picture, _ = page_with(("D", 300, 300))

    assert reread(picture, (SURE,), Reader((text, confidence))) == (SURE,)


def test_letters_in_a_picture_are_not_believed() -> None:
    picture, (box,) = page_with(("D", 300, 300))
    ImageDraw.Draw(picture).ellipse(
        (box.left - 5, box.top - 5, box.right + 5, box.bottom + 5), outline=0, width=3
    )
    ImageDraw.Draw(picture).ellipse((100, 100, 600, 600), outline=0, width=200)

    assert reread(picture, (SURE,), Reader(("D", 0.93))) == (SURE,)


def test_a_doubtful_word_gives_way_to_a_surer_reading() -> None:
    picture, (box,) = page_with(("1136.45", 300, 300))
    doubtful = Word("4135.65", *box, 0.02)

    _, word = reread(picture, (SURE, doubtful), Reader(("1136.45", 0.97)))

    assert word.text == "1136.45"
    assert word.confidence > 0.9


def test_a_doubtful_word_stays_where_the_second_look_is_no_surer() -> None:
    picture, (box,) = page_with(("1136.45", 300, 300))
    doubtful = Word("1136.45", *box, 0.55)

    assert reread(picture, (SURE, doubtful), Reader(("1186.45", 0.3))) == (SURE, doubtful)


def test_a_doubtful_word_read_the_same_again_is_half_as_doubtful() -> None:
    picture, (box,) = page_with(("1136.45", 300, 300))

    _, word = reread(picture, (SURE, Word("1136.45", *box, 0.5)), Reader(("1136.45", 0.97)))

    assert word.text == "1136.45"
    assert word.confidence == pytest.approx(0.735)


@given(first=st.floats(0.6, 1.0), second=st.floats(0.6, 1.0), third=st.floats(0.6, 1.0))
@hypothesis_settings(max_examples=40, deadline=None)
def test_numbers_that_differ_between_looks_are_in_doubt(
    first: float, second: float, third: float
) -> None:
    picture, (box,) = page_with(("1136.45", 300, 300))
    answers = Reader(("1136.45", first), ("1186.45", second), ("1136.46", third))

    word = reread(picture, (SURE, Word("4135.65", *box, 0.5)), answers)[-1]

    assert word.confidence <= 0.6


def test_most_looks_decide_about_a_number() -> None:
    picture, (box,) = page_with(("1136.45", 300, 300))
    answers = Reader(("1186.45", 0.8), ("1136.45", 0.8), ("1136.45", 0.8))

    word = reread(picture, (SURE, Word("~~", *box, 0.1)), answers)[-1]

    assert word.text == "1136.45"
    assert 0.4 < word.confidence < 0.6


@pytest.mark.parametrize(
    ("before", "doubt", "after", "sureness", "kept"),
    [
        ("TS15D88", 0.46, "TSi5D88", 0.6, "TS15D88"),  # a digit less
        ("concerns", 0.5, "concems", 0.71, "concerns"),  # much alike, little surer
        ("$80.00/month", 0.12, "00/month", 0.84, "$80.00/month"),  # digits lost
        ("aj", 0.44, "STATE", 0.5, "aj"),  # neither is sure
        ("4Bldgs", 0.1, "4Bldgs.", 0.9, "4Bldgs."),
        ("963.00|", 0.4, "963.00", 0.7, "963.00"),  # a rule less
        ("2a", 0.5, "12a", 0.7, "12a"),  # a character more
        ("sonthty", 0.01, "Monthly", 0.84, "Monthly"),  # there was noise
        ("417", 0.34, "17a", 0.9, "417"),
    ],
)
def test_a_reading_replaces_a_doubtful_one_where_it_wins_clearly(
    before: str, doubt: float, after: str, sureness: float, kept: str
) -> None:
    picture, (box,) = page_with((after, 300, 300))
    doubtful = Word(before, *box, doubt)

    word = reread(picture, (SURE, doubtful), Reader((after, sureness)))[-1]

    assert word.text == kept


@pytest.mark.parametrize(
    ("answers", "looks"),
    [
        ([("--", 0.9)], 1),  # no letters
        ([("7", 0.4), ("1", 0.4)], 2),  # neither is legible
        ([("7", 0.9), ("1", 0.4)], 3),
        ([("7", 0.9), ("7", 0.9)], 2),
    ],
)
def test_ink_is_looked_at_no_more_often_than_it_helps(
    answers: list[tuple[str, float]], looks: int
) -> None:
    picture, _ = page_with(("7", 300, 300))
    reader = Reader(*answers)

    reread(picture, (SURE,), reader)

    assert len(reader.lines) == looks


def test_new_words_follow_what_stands_left_of_them() -> None:
    picture, (left, _, below) = page_with(
        ("Wages", 100, 100), ("51.00", 400, 100), ("Lender", 100, 300)
    )
    words = (Word("Wages", *left, 0.9), Word("Lender", *below, 0.9))

    found = reread(picture, words, Reader(("51.00", 0.95)))

    assert [word.text for word in found] == ["Wages", "51.00", "Lender"]


def test_a_box_far_higher_than_its_print_is_made_lower() -> None:
    picture, (box, other) = page_with(("54820.37", 300, 300), ("Medicare", 300, 100))
    high = Word("54820.37", box.left, box.top, box.right, box.bottom + 40, 0.9)

    words = reread(picture, (Word("Medicare", *other, 0.9), SURE, high), Reader(("", 0.0)))

    assert words[-1].box == pytest.approx(box, abs=3)
    assert words[0].box == other


@given(
    texts=st.lists(
        st.sampled_from(["lines", "5", "and", "Payments", "(12)"]), min_size=2, max_size=5
    )
)
@hypothesis_settings(max_examples=40, deadline=None)
def test_words_of_a_line_stand_where_its_gaps_part_them(texts: list[str]) -> None:
    places, left = [], 40
    for text in texts:
        places.append((text, left, 10))
        left += round(font().getlength(text)) + 14
    picture, boxes = page_with(*places)
    ink = picture.crop((0, 0, picture.width, 80)).point(lambda value: 255 * (value < 150))
    guessed = [Word(text, 40, 10, left, 44, 0.9) for text in texts]

    found = spaced(guessed, ink, 0.0)

    assert [(word.left, word.right) for word in found] == [
        pytest.approx((box.left, box.right), abs=2) for box in boxes
    ]


def test_a_letter_cut_off_from_a_sure_word_joins_it() -> None:
    picture, (box,) = page_with(("Control", 300, 300))
    cut = box.left + 24
    word = Word("ontrol", cut, box.top, box.right, box.bottom, 0.9)

    (_, whole) = reread(picture, (SURE, word), Reader(("Control", 0.96)))

    assert whole.text == "Control"
    assert whole.box == pytest.approx(box, abs=5)


def test_a_sure_word_is_not_replaced_by_another_one() -> None:
    picture, (box,) = page_with(("Control", 300, 300))
    word = Word("ontrol", box.left + 24, box.top, box.right, box.bottom, 0.9)

    assert reread(picture, (SURE, word), Reader(("Patrol", 0.99))) == (SURE, word)


def test_the_second_look_has_an_end() -> None:
    places = [("7", left, top) for top in range(10, 660, 30) for left in range(10, 880, 40)]
    picture, _ = page_with(*places, size=18)
    reader = Reader(("7", 0.9), ("1", 0.8))

    words = reread(picture, (), reader)

    assert len(reader.lines) <= 450
    assert len(words) <= 150


@needs_tesserocr
def test_letters_alone_in_ruled_boxes_are_read() -> None:
    picture = Image.new("L", (1700, 2200), 255)
    draw = ImageDraw.Draw(picture)
    expected = []
    for row, code in enumerate("DCWG"):
        top = 300 + row * 100
        draw.rectangle((1000, top, 1500, top + 100), outline=0, width=3)
        draw.text((1010, top + 6), f"12{'abcd'[row]}", font=font(22), fill=0)
        draw.text((1120, top + 50), code, font=font(32), fill=0)
        draw.text((1300, top + 50), f"{row + 3}28.8{row}", font=font(32), fill=0)
        expected += [code, f"{row + 3}28.8{row}"]
        draw.text((150, top + 30), "Wages and other compensation", font=font(30), fill=0)
    image = PageImage(
        page_number=1, width=1700, height=2200, pixels=picture.tobytes(), points_per_pixel=0.36
    )

    texts = [word.text for word in ocr.recognize_text(image, Settings()).words]

    assert [text for text in expected if text not in texts] == []
