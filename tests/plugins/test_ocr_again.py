"""Values cut out of a page and read by themselves."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from loanbatch.models import Page, PageImage, TextSource, Word
from loanbatch.settings import Settings
from loanbatch_plugins import ocr
from loanbatch_plugins.ocr import OcrSettings
from loanbatch_plugins.ocr._again import without_edges

needs_tesserocr = pytest.mark.skipif(
    find_spec("tesserocr") is None, reason="there is no wheel of tesserocr for this Python"
)
SCALE = 0.36  # points per pixel
SIZE = (1100, 1400)


def drawn(*texts: tuple[str, int, int]) -> tuple[Image.Image, list[Word]]:
    """Return a page with texts at places in pixels, and the texts as words in points."""
    picture = Image.new("L", SIZE, 255)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=34)
    words = []
    for text, left, top in texts:
        draw.text((left, top), text, font=font, fill=0)
        box = draw.textbbox((left, top), text, font=font)
        words.append(Word(text, *(edge * SCALE for edge in box), confidence=0.5))
    return picture, words


def read_again(
    picture: Image.Image, words: list[Word], wanted: list[Word], page: Page | None = None
) -> list[list[str]]:
    image = PageImage(
        page_number=1,
        width=picture.width,
        height=picture.height,
        pixels=picture.tobytes(),
        points_per_pixel=SCALE,
    )
    answer = ocr.recognize_again(
        image=image, page=page or upright(words), words=wanted, settings=Settings()
    )
    assert answer is not None
    return [[reading.text for reading in readings] for readings in answer]


def upright(words: list[Word], orientation: int = 0, skew: float = 0.0) -> Page:
    return Page(
        number=1,
        width=SIZE[0] * SCALE,
        height=SIZE[1] * SCALE,
        words=tuple(words),
        text_source=TextSource.RECOGNIZED,
        orientation=orientation,
        skew=skew,
    )


@needs_tesserocr
def test_a_reading_that_agrees_ends_the_attempts() -> None:
    picture, words = drawn(("$1,234.50", 300, 400), ("Amount", 100, 400))

    assert read_again(picture, words, words[:1]) == [["$1,234.50"]]


@needs_tesserocr
def test_a_value_misread_before_gets_other_readings() -> None:
    picture, words = drawn(("$1,234.50", 300, 400))

    (readings,) = read_again(picture, words, [words[0]._replace(text="$7,234.50")])

    assert readings == ["$1,234.50"] * 3


@needs_tesserocr
@pytest.mark.parametrize("skew", [0.0, 2.5, -2.5])
@pytest.mark.parametrize("orientation", [0, 90, 180, 270])
def test_a_value_is_found_on_a_page_that_was_turned(orientation: int, skew: float) -> None:
    picture, words = drawn(("8,026.19", 700, 300), ("04/17/2022", 200, 1100))
    turns = {
        90: Image.Transpose.ROTATE_90,
        180: Image.Transpose.ROTATE_180,
        270: Image.Transpose.ROTATE_270,
    }
    shown = picture.rotate(skew, Image.Resampling.BICUBIC, fillcolor=255)
    if orientation:
        shown = shown.transpose(turns[orientation])

    found = read_again(shown, words, words, upright(words, orientation, skew))

    assert found == [["8,026.19"], ["04/17/2022"]]


@needs_tesserocr
def test_a_neighbour_is_not_read_with_the_value() -> None:
    picture, words = drawn(("Total", 210, 400), ("45.00", 310, 400), ("USD", 420, 400))

    assert read_again(picture, words, words[1:2]) == [["45.00"]]


@needs_tesserocr
def test_the_rest_of_a_number_that_was_lost_is_read_and_its_box_grows() -> None:
    picture, (whole,) = drawn(("$61,085.30", 300, 400))
    start = whole._replace(text="$61", right=whole.left + 0.28 * (whole.right - whole.left))
    image = PageImage(
        page_number=1,
        width=picture.width,
        height=picture.height,
        pixels=picture.tobytes(),
        points_per_pixel=SCALE,
    )

    answer = ocr.recognize_again(
        image=image, page=upright([start]), words=[start], settings=Settings()
    )

    assert answer is not None
    last = answer[0][-1]
    assert last.text == "$61,085.30"
    assert last.right == pytest.approx(whole.right, abs=2)


boxes = st.tuples(*[st.floats(-100, 600)] * 2, *[st.floats(0, 300)] * 2)


@needs_tesserocr
@hypothesis_settings(max_examples=30, deadline=None)
@given(st.lists(boxes, max_size=3), st.sampled_from([0, 90, 180, 270]), st.floats(-3, 3))
def test_any_place_may_be_asked_for(
    places: list[tuple[float, ...]], orientation: int, skew: float
) -> None:
    picture, words = drawn(("8,026.19", 700, 300), ("04/17/2022", 200, 1100))
    wanted = [Word("1", x, y, x + width, y + height, 0.5) for x, y, width, height in places]

    found = read_again(picture, words, wanted, upright(words, orientation, skew))

    assert len(found) == len(wanted)
    assert all(text for readings in found for text in readings)


@needs_tesserocr
def test_white_paper_has_no_readings() -> None:
    picture, words = drawn(("", 300, 400))
    word = words[0]._replace(text="1", right=words[0].left + 20, bottom=words[0].top + 10)

    assert read_again(picture, [word], [word]) == [[]]


def test_the_program_has_no_other_means() -> None:
    settings = Settings(plugin_tables={"ocr": OcrSettings(engine="ocrmypdf")})
    image = PageImage(page_number=1, width=1, height=1, pixels=b"\xff", points_per_pixel=SCALE)

    assert ocr.recognize_again(image=image, page=upright([]), words=[], settings=settings) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("|$1,204.83]", "$1,204.83"),
        ("‘7,641.29.", "7,641.29"),
        ("941.00)", "941.00"),
        ("(941.00)", "(941.00)"),
        ("~$0.86", "-$0.86"),
        ("- $546.25", "- $546.25"),
        ("63-4971", "63-4971"),
        ("|", ""),
    ],
)
def test_what_edges_are_read_as_is_no_part_of_a_value(text: str, value: str) -> None:
    assert without_edges(text) == value
