"""Numbers that are read again: which ones, and when another reading takes their place."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw

from loanbatch.models import Word
from loanbatch_plugins.ocr._numbers import reread_numbers

HEIGHT = 20


def word(text: str, left: float, confidence: float = 0.95) -> Word:
    return Word(text, left, 50, left + 12 * len(text), 50 + HEIGHT, confidence)


class Reader:
    """Gives texts in turn, whatever it is shown."""

    def __init__(self, *texts: str, confidence: float = 0.9) -> None:
        self.texts = list(texts)
        self.confidence = confidence

    def __call__(self, picture: Image.Image) -> list[Word]:
        return [Word(self.texts.pop(0), 0, 0, picture.width, picture.height, self.confidence)]


def read(words: Sequence[Word], reader: Reader, page: Image.Image | None = None) -> list[str]:
    page = page or Image.new("L", (600, 200), 255)
    return [found.text for found in reread_numbers(page, words, reader, HEIGHT)]


def page_with_point(x: float) -> Image.Image:
    page = Image.new("L", (600, 200), 255)
    ImageDraw.Draw(page).rectangle((x, 66, x + 2, 68), fill=0)
    return page


def test_sure_number_is_not_read_again() -> None:
    assert read([word("63.75", 100)], Reader()) == ["63.75"]


def test_doubtful_word_without_digits_is_not_read_again() -> None:
    assert read([word("Lender", 100, 0.4)], Reader()) == ["Lender"]


def test_two_readings_that_agree_take_the_place_of_a_doubtful_number() -> None:
    assert read([word("63475", 100, 0.5)], Reader("63.75", "63.75")) == ["63.75"]


def test_third_reading_decides_between_two() -> None:
    assert read([word("63475", 100, 0.5)], Reader("63.75", "63.15", "63.75")) == ["63.75"]


def test_readings_that_differ_leave_a_number_as_it_was() -> None:
    assert read([word("63475", 100, 0.5)], Reader("63.75", "63.15", "83.75")) == ["63475"]


def test_unsure_readings_leave_a_number_as_it_was() -> None:
    reader = Reader("63.75", "63.75", "63.75", confidence=0.4)

    assert read([word("63475", 100, 0.5)], reader) == ["63475"]


def test_number_read_the_same_again_is_no_surer() -> None:
    page = Image.new("L", (600, 200), 255)
    number = word("63.75", 100, 0.5)

    assert reread_numbers(page, [number], Reader("63.75"), HEIGHT) == (number,)


def test_number_torn_at_its_point_is_joined() -> None:
    words = [word("3,527", 100), word("52", 184), word("Total", 300)]

    assert read(words, Reader("3,527.52", "3,527.52"), page_with_point(170)) == [
        "3,527.52",
        "Total",
    ]


def test_numbers_with_white_between_them_stay_apart() -> None:
    words = [word("3,527", 100), word("52", 184)]

    assert read(words, Reader()) == ["3,527", "52"]
