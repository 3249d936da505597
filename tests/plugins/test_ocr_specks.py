"""Taking specks off a page, and leaving the dots of its print."""

from __future__ import annotations

import random

import pytest

pytest.importorskip("PIL")

from PIL import Image, ImageChops, ImageDraw, ImageFont

from loanbatch_plugins.ocr._specks import is_dirty, without_specks

TEXT = "Loan: $ 1,250.75 is paid in Fiji; terms: 9.5 %, No. 7 - see i) ..."
SIZE = (1700, 1100)
#: Pixels of a line of print.
PRINT, STEP = 24, 90


def a_page() -> Image.Image:
    page = Image.new("L", SIZE, 255)
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(size=PRINT)
    for top in range(60, SIZE[1] - 60, STEP):
        draw.text((100, top), TEXT, fill=0, font=font)
    return page


def with_specks(page: Image.Image, count: int) -> Image.Image:
    chance = random.Random(3)  # noqa: S311
    page = page.copy()
    draw = ImageDraw.Draw(page)
    for number in range(count):
        # Between the lines, where no dot of print is.
        top = 60 + STEP * (number % 11) + chance.randrange(PRINT + 24, STEP - 20)
        left = chance.randrange(20, SIZE[0] - 20)
        draw.ellipse((left, top, left + 2, top + 2), fill=60)
    return page


def test_a_printed_page_is_not_dirty() -> None:
    assert not is_dirty(a_page())


def test_a_page_with_specks_is_dirty() -> None:
    assert is_dirty(with_specks(a_page(), 200))


def test_specks_of_a_page_in_black_and_white_may_be_pieces_of_letters() -> None:
    page = with_specks(a_page(), 200)

    assert not is_dirty(page.point(lambda grey: 255 * (grey > 128)))


def test_specks_between_lines_go_but_for_the_few_in_a_row() -> None:
    page = a_page()
    dirty = with_specks(page, 200)

    clean = without_specks(dirty)

    before, after = (specked(one, page) for one in (dirty, clean))
    assert after < 0.2 * before


def specked(page: Image.Image, printed: Image.Image) -> int:
    return sum(ImageChops.difference(page, printed).histogram()[1:])


def test_dots_of_print_stay() -> None:
    page = a_page()

    assert ImageChops.difference(without_specks(page), page).getbbox() is None


def test_specks_in_a_line_go_where_no_dot_stands() -> None:
    page = a_page()
    dirty = page.copy()
    # Above the line, with white between it and the dollar sign.
    ImageDraw.Draw(dirty).ellipse((760, 52, 762, 54), fill=60)

    assert ImageChops.difference(without_specks(dirty), page).getbbox() is None


def test_an_empty_page_stays_as_it_is() -> None:
    page = Image.new("L", SIZE, 255)

    assert without_specks(page) is page
    assert not is_dirty(page)
