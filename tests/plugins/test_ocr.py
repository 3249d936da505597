"""Images of pages: words where they stand, check boxes, bad pages, searchable copies."""

from __future__ import annotations

import io
import random
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pikepdf
import pypdfium2 as pdfium
import pytest
from fpdf import FPDF
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageStat

from loanbatch.errors import OcrFailedError, SettingsError
from loanbatch.models import Box, PageImage, Recognition, Source, Word
from loanbatch.pipeline._evidence import displayed_box
from loanbatch.pipeline._reading import recognized_page
from loanbatch.settings import Settings
from loanbatch_plugins import ocr
from loanbatch_plugins.ocr import OcrSettings, _program, _reading, _tessdata
from loanbatch_plugins.ocr._boxes import find_check_boxes
from loanbatch_plugins.ocr._paper import in_even_light, without_grain
from loanbatch_plugins.ocr._tesseract import Reading
from loanbatch_plugins.ocr._tidying import tidied
from loanbatch_plugins.ocr._turning import Upright, displayed_words, make_upright

needs_tesserocr = pytest.mark.skipif(
    find_spec("tesserocr") is None, reason="there is no wheel of tesserocr for this Python"
)
WORDS = ("Closing", "Disclosure", "Lender", "Borrower", "Amount", "Escrow", "Premium", "Hazard")
INCH = 72.0
DPI = 200


# --- drawing pages -----------------------------------------------------------------------------


def font(size: int = 34) -> ImageFont.FreeTypeFont:
    loaded = ImageFont.load_default(size=size)
    assert isinstance(loaded, ImageFont.FreeTypeFont)
    return loaded


def draw_page(rows: int = 12, size: tuple[int, int] = (1100, 1400)) -> tuple[Image.Image, dict]:
    """Return a page and, for each word's place in the text, its word and box in pixels."""
    picture = Image.new("L", size, 255)
    draw = ImageDraw.Draw(picture)
    places = {}
    for row in range(rows):
        left = 140.0
        for column in range(4):
            word = WORDS[(row * 3 + column * 5) % len(WORDS)]
            draw.text((left, 200 + row * 70), word, font=font(), fill=0)
            box = draw.textbbox((left, 200 + row * 70), word, font=font())
            places[row, column] = (word, Box(*box))
            left = box[2] + 30
    return picture, places


def image_of(picture: Image.Image) -> PageImage:
    return PageImage(
        page_number=1,
        width=picture.width,
        height=picture.height,
        pixels=picture.tobytes(),
        points_per_pixel=INCH / DPI,
    )


def turn_away(picture: Image.Image, orientation: int, skew: float) -> Image.Image:
    """Turn an upright page so that `orientation`, then `skew` degrees clockwise undo it."""
    turns = {
        90: Image.Transpose.ROTATE_90,
        180: Image.Transpose.ROTATE_180,
        270: Image.Transpose.ROTATE_270,
    }
    tilted = picture.rotate(skew, Image.Resampling.BICUBIC, fillcolor=255)
    return tilted.transpose(turns[orientation]) if orientation else tilted


def read(picture: Image.Image, **table: object) -> Recognition:
    return ocr.recognize_text(
        image_of(picture), Settings(plugin_tables={"ocr": OcrSettings(**table)})
    )


def draw_box(
    draw: ImageDraw.ImageDraw, left: int, top: int, side: int, *, mark: str = "", width: int = 2
) -> None:
    right, bottom = left + side, top + side
    draw.rectangle((left, top, right, bottom), outline=0, width=width)
    inset = side // 5
    if mark == "cross":
        draw.line((left + inset, top + inset, right - inset, bottom - inset), fill=0, width=3)
        draw.line((left + inset, bottom - inset, right - inset, top + inset), fill=0, width=3)
    if mark == "tick":
        low = (left + side // 2, bottom - inset)
        draw.line((left + inset, top + side // 2, *low), fill=0, width=3)
        draw.line((*low, right - inset // 2, top + inset), fill=0, width=3)


# --- words -------------------------------------------------------------------------------------


@needs_tesserocr
def test_words_of_a_clean_page_are_read_where_they_stand() -> None:
    picture, places = draw_page()

    recognition = read(picture)

    assert len(recognition.words) == len(places)
    for text, box in places.values():
        (word,) = (word for word in recognition.words if word.box == pytest.approx(box, abs=6))
        assert word.text == text
        assert 0.5 < word.confidence <= 1


@needs_tesserocr
@pytest.mark.parametrize("orientation", [0, 90, 180, 270])
@pytest.mark.parametrize("skew", [0.0, 2.0, -1.5])
def test_words_of_a_turned_page_come_back_to_where_they_are_displayed(
    orientation: int, skew: float
) -> None:
    picture, places = draw_page()
    displayed = turn_away(picture, orientation, skew)
    mark_picture = Image.new("L", picture.size, 255)

    recognition = read(displayed)

    page = recognized_page(image_of(displayed), recognition)
    assert recognition.orientation == orientation
    assert recognition.skew == pytest.approx(skew, abs=0.3)
    read_right = [word for word in page.words if word.text in WORDS]
    assert len(read_right) >= len(places) - 2
    for text, box in list(places.values())[::9]:
        mark = mark_picture.copy()
        mark.paste(0, tuple(round(edge) for edge in box))
        left, top, right, bottom = ImageChops.invert(turn_away(mark, orientation, skew)).getbbox()
        expected = [edge * INCH / DPI for edge in (left, top, right, bottom)]
        found = [displayed_box(word.box, page) for word in read_right if word.text == text]
        assert any(box == pytest.approx(expected, abs=4.5) for box in found)


@given(
    x=st.integers(100, 900),
    y=st.integers(100, 1100),
    orientation=st.sampled_from([0, 90, 180, 270]),
    skew=st.floats(-5, 5).map(lambda angle: round(angle, 2)),
)
@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_turning_an_image_and_mapping_evidence_back_are_inverse(
    x: int, y: int, orientation: int, skew: float
) -> None:
    displayed = Image.new("L", (1000, 1200), 255)
    displayed.paste(0, (x, y, x + 12, y + 8))

    upright = make_upright(displayed, orientation, skew)

    left, top, right, bottom = ImageChops.invert(upright.picture).getbbox()
    placed = upright.place(Box(left, top, right, bottom))
    recognition = Recognition(words=(Word("x", *placed),), orientation=orientation, skew=skew)
    page = recognized_page(image_of(displayed), recognition)
    back = displayed_box(page.words[0].box, page)
    centre = ((back.left + back.right) / 2, (back.top + back.bottom) / 2)
    assert centre == pytest.approx(((x + 6) * INCH / DPI, (y + 4) * INCH / DPI), abs=1.0)
    (shown,) = displayed_words(recognition, 1000, 1200)
    assert (shown.left + shown.right) / 2 == pytest.approx(x + 6, abs=2.5)
    assert (shown.top + shown.bottom) / 2 == pytest.approx(y + 4, abs=2.5)


@needs_tesserocr
def test_a_blank_page_has_no_words() -> None:
    assert read(Image.new("L", (800, 1000), 255)).words == ()


@needs_tesserocr
@pytest.mark.parametrize("size", [(1, 1), (3, 900), (900, 3), (40, 40)])
def test_a_tiny_image_has_no_words(size: tuple[int, int]) -> None:
    assert read(Image.new("L", size, 0)).words == ()


@needs_tesserocr
def test_threads_read_side_by_side() -> None:
    picture, places = draw_page(rows=4)
    texts: list[list[str]] = []

    def work() -> None:
        texts.append([word.text for word in read(picture).words])

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert texts == [[word for word, _ in places.values()]] * 3


def test_words_of_rules_and_specks_are_dropped_and_signs_of_meaning_stay() -> None:
    texts = ("|", "__", "~", ".", "——————", "-", "—", "+", "1", "l", "%", "$", "X", "5.", "•", ":")
    words = tuple(Word(text, 0, 0, 1, 1, 0.3) for text in texts)

    kept = tidied(Recognition(words=words)).words

    assert [word.text for word in kept] == list(texts[5:])


def test_a_number_read_in_two_is_one_word_and_two_numbers_stay_two() -> None:
    words = (
        Word("$1", 10, 10, 30, 30, 0.9),
        Word(",050.26", 34, 10, 90, 32, 0.8),
        Word("7,", 120, 10, 135, 30),
        Word("2014", 142, 10, 180, 30),
        Word("12", 200, 10, 220, 30),
        Word(".50", 260, 10, 290, 30),
    )

    joined = tidied(Recognition(words=words)).words

    assert [word.text for word in joined] == ["$1,050.26", "7,", "2014", "12", ".50"]
    assert joined[0] == Word("$1,050.26", 10, 10, 90, 32, 0.8)


# --- light and bad pages -----------------------------------------------------------------------


def in_shade(picture: Image.Image) -> Image.Image:
    shade = Image.linear_gradient("L").rotate(90).resize(picture.size)
    return ImageChops.multiply(picture, shade.point(lambda value: 40 + value * 3 // 4))


@needs_tesserocr
def test_a_page_in_the_shade_is_read_as_well_as_a_bright_one() -> None:
    picture, places = draw_page()

    recognition = read(in_shade(picture))

    read_right = [word for word in recognition.words if word.text in WORDS]
    assert len(read_right) >= len(places) - 2


def test_even_light_leaves_a_bright_page_as_it_is() -> None:
    picture, _ = draw_page(rows=2)

    assert in_even_light(picture) is picture


def test_even_light_whitens_paper_and_keeps_ink() -> None:
    picture, places = draw_page()

    even = in_even_light(in_shade(picture))

    box = places[0, 0][1]
    assert even.getpixel((60, 700)) > 225
    assert even.crop(tuple(round(edge) for edge in box)).getextrema()[0] < 60


def with_grain(picture: Image.Image) -> Image.Image:
    noise = random.Random(1).randbytes(picture.width * picture.height)  # noqa: S311
    grain = Image.frombytes("L", picture.size, noise).point(lambda value: value // 6)
    return ImageChops.subtract(picture, grain)


def test_a_drawn_page_is_not_smoothed() -> None:
    picture, _ = draw_page(rows=2)

    assert without_grain(picture) is picture


def test_grain_is_smoothed_and_ink_stays() -> None:
    picture, places = draw_page(rows=2, size=(1700, 2200))
    grainy = with_grain(picture)

    smooth = without_grain(grainy)

    paper = (0, picture.height - 200, picture.width, picture.height)
    spreads = [ImageStat.Stat(page.crop(paper)).stddev[0] for page in (smooth, grainy)]
    assert spreads[0] < 0.7 * spreads[1]
    box = places[0, 0][1]
    assert smooth.crop(tuple(round(edge) for edge in box)).getextrema()[0] < 60


def test_blurred_print_with_grain_gets_sharper() -> None:
    picture, _ = draw_page(rows=2, size=(1700, 2200))
    blurred = with_grain(picture.filter(ImageFilter.GaussianBlur(1.4)))

    sharp = without_grain(blurred)

    before, after = (steepest_edge(page) for page in (blurred, sharp))
    assert after > before + 30


def steepest_edge(picture: Image.Image) -> int:
    width, height = picture.size
    left, right = (picture.crop((side, 0, width - 1 + side, height)) for side in (0, 1))
    edges = ImageChops.difference(left, right)
    return int(edges.getextrema()[1])  # type: ignore[arg-type]


def test_a_fold_leaves_no_shadow_and_keeps_its_print() -> None:
    picture, places = draw_page(rows=2, size=(1700, 2200))
    top = round(places[0, 0][1].top)
    light = Image.new("L", picture.size, 255)
    light.paste(170, (0, top - 30, picture.width, top + 90))

    flat = without_grain(with_grain(ImageChops.multiply(picture, light)))

    assert ImageStat.Stat(flat.crop((0, top - 25, 40, top + 85))).mean[0] > 225
    box = tuple(round(edge) for edge in places[0, 0][1])
    assert flat.crop(box).getextrema()[0] < 60  # type: ignore[arg-type]


def test_pale_print_of_a_grainy_page_gets_darker() -> None:
    picture, _ = draw_page(rows=2, size=(1700, 2200))
    pale = (100, 2000, 160, 2040)
    picture.paste(150, pale)
    grainy = with_grain(picture)

    dark = without_grain(grainy)

    before, after = (ImageStat.Stat(page.crop(pale)).mean[0] for page in (grainy, dark))
    assert after < before - 30


def recognition_of(count: int, confidence: float, height: float = 30) -> Recognition:
    words = (
        Word("Lender", 0, number * 40, 3 * height, number * 40 + height, confidence)
        for number in range(count)
    )
    return Recognition(words=tuple(words))


class Engine:
    """Answers from a list; keeps what it was shown."""

    def __init__(self) -> None:
        self.pages: list[Recognition] = []
        self.shown: list[Image.Image] = []
        #: How sure it is of a line, by its darkest grey.
        self.lines: dict[int, float] = {}

    def read_picture(self, picture: Image.Image, *_: object) -> Reading:
        self.shown.append(picture)
        return Reading(upright=Upright(picture=picture), words=self.pages.pop(0).words)

    def read_line(self, picture: Image.Image, _: object) -> list[Word]:
        sure = self.lines.get(picture.getextrema()[0], 0.5)
        return [Word("Lender", 0, 0, 90, 30, sure)]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    answers = Engine()
    monkeypatch.setattr(_reading._tesseract, "is_installed", lambda: True)
    monkeypatch.setattr(_reading._tesseract, "read_picture", answers.read_picture)
    monkeypatch.setattr(_reading._tesseract, "read_line", answers.read_line)
    monkeypatch.setattr(_reading._tesseract, "look_again", lambda reading, _: reading)
    return answers


def page_of_lines() -> Image.Image:
    """Return a page whose hundred lines the blur makes grey, and the median makes white."""
    picture = Image.new("L", (800, 4000), 255)
    for number in range(100):
        picture.paste(0, (20, number * 40 + 15, 60, number * 40 + 16))
    return picture


def test_a_page_that_came_out_well_is_read_once(engine: Engine) -> None:
    engine.pages = [recognition_of(100, 0.9), recognition_of(200, 0.99)]

    assert read(page_of_lines()) == recognition_of(100, 0.9)
    assert len(engine.shown) == 1


def test_a_page_with_a_few_sure_words_is_read_once(engine: Engine) -> None:
    engine.pages = [recognition_of(3, 0.9), recognition_of(200, 0.99)]

    assert read(page_of_lines()) == recognition_of(3, 0.9)


def test_few_words_in_the_shade_are_read_as_they_came_too(engine: Engine) -> None:
    page = in_shade(page_of_lines())
    engine.pages = [recognition_of(3, 0.9), recognition_of(100, 0.9)]

    assert read(page) == recognition_of(100, 0.9)
    assert [picture == page for picture in engine.shown] == [False, True]


def test_a_bad_page_is_read_again_in_the_way_in_which_samples_read_better(engine: Engine) -> None:
    page = page_of_lines()
    blurred = page.filter(ImageFilter.GaussianBlur(1))
    engine.lines = {blurred.getextrema()[0]: 0.9}
    engine.pages = [recognition_of(100, confidence) for confidence in (0.5, 0.7, 0.9)]

    assert read(page) == recognition_of(100, 0.7)
    assert engine.shown == [page, blurred]


def test_a_bad_page_is_read_once_where_all_ways_are_worse(engine: Engine) -> None:
    page = page_of_lines()
    engine.lines = {page.getextrema()[0]: 0.7}
    engine.pages = [recognition_of(100, 0.5), recognition_of(100, 0.9)]

    assert read(page) == recognition_of(100, 0.5)


def test_few_sure_words_do_not_beat_many(engine: Engine) -> None:
    page = page_of_lines()
    engine.lines = {page.filter(ImageFilter.GaussianBlur(1)).getextrema()[0]: 0.9}
    engine.pages = [recognition_of(100, 0.7), recognition_of(10, 0.99)]

    assert read(page) == recognition_of(100, 0.7)


def test_small_print_is_read_in_a_larger_size_and_stands_in_the_pixels_of_the_page(
    engine: Engine,
) -> None:
    enlarged = Recognition(words=(Word("Lender", 160, 320, 480, 640, 0.95),) * 50)
    engine.pages = [recognition_of(100, 0.6, height=12), enlarged]

    recognition = read(page_of_lines())

    assert recognition.words[0].box == pytest.approx((100, 200, 300, 400))


def test_a_bad_page_is_read_once_where_retry_is_off(engine: Engine) -> None:
    engine.pages = [recognition_of(100, 0.4, height=12), recognition_of(100, 0.9)]

    assert read(page_of_lines(), retry=False) == recognition_of(100, 0.4, height=12)


@needs_tesserocr
def test_specks_do_not_hide_the_words() -> None:
    picture, places = draw_page()
    grey = random.Random(7).randbytes(picture.width * picture.height)  # noqa: S311 - repeatable
    noise = Image.frombytes("L", picture.size, grey).point(lambda value: 0 if value < 3 else 255)

    recognition = read(ImageChops.darker(picture, noise))

    assert sum(word.text in WORDS for word in recognition.words) >= len(places) - 4


# --- check boxes -------------------------------------------------------------------------------


@pytest.mark.parametrize("side", [18, 26, 34, 50])
@pytest.mark.parametrize(("mark", "ticked"), [("", False), ("cross", True), ("tick", True)])
def test_a_check_box_is_found_with_its_mark(side: int, mark: str, *, ticked: bool) -> None:
    picture = Image.new("L", (400, 300), 255)
    draw_box(ImageDraw.Draw(picture), 120, 90, side, mark=mark)

    (found,) = find_check_boxes(picture)

    assert found.ticked is ticked
    assert found.box == pytest.approx((120, 90, 121 + side, 91 + side), abs=2)


def test_text_has_no_check_boxes() -> None:
    picture = Image.new("L", (1600, 1500), 255)
    draw = ImageDraw.Draw(picture)
    for row, size in enumerate((20, 26, 34, 44, 60)):
        for line, text in enumerate(("DOQB0868 HEUNM aeo8 [] {}", "Do Be 80 90.00 D0O0Q LOOD IDB")):
            draw.text((30, 30 + row * 250 + line * 110), text, font=font(size), fill=0)

    assert find_check_boxes(picture) == ()


def test_cells_of_a_table_are_no_check_boxes() -> None:
    picture = Image.new("L", (600, 500), 255)
    draw = ImageDraw.Draw(picture)
    for step in range(8):
        draw.line((50, 50 + 40 * step, 330, 50 + 40 * step), fill=0, width=2)
        draw.line((50 + 40 * step, 50, 50 + 40 * step, 330), fill=0, width=2)

    assert find_check_boxes(picture) == ()


def test_a_solid_square_is_no_check_box() -> None:
    picture = Image.new("L", (200, 200), 255)
    picture.paste(0, (80, 80, 110, 110))

    assert find_check_boxes(picture) == ()


@needs_tesserocr
def test_check_boxes_are_not_read_as_letters() -> None:
    picture, places = draw_page(rows=8)
    draw = ImageDraw.Draw(picture)
    for row in range(8):
        draw_box(draw, 100, 208 + row * 70, 28, mark="cross" if row % 2 else "")

    recognition = read(picture)

    assert sorted(word.text for word in recognition.words) == sorted(
        word for word, _ in places.values()
    )
    assert [box.ticked for box in recognition.check_boxes] == [False, True] * 4


@needs_tesserocr
def test_check_boxes_of_a_turned_page_stand_upright() -> None:
    picture, _ = draw_page(rows=10)
    draw_box(ImageDraw.Draw(picture), 100, 208, 28, mark="cross")

    recognition = read(turn_away(picture, 270, 1.5))

    (found,) = recognition.check_boxes
    assert found.ticked
    assert found.box == pytest.approx((100, 208, 129, 237), abs=6)


# --- engines and data --------------------------------------------------------------------------


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(SettingsError, match="tesserocr"):
        OcrSettings(engine="magic")


def test_missing_language_data_name_the_language_and_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(OcrFailedError, match=r"no Tesseract data for eng\+xyz .*pip install"):
        _tessdata.find_tessdata(OcrSettings(languages="eng+xyz", tessdata=str(tmp_path)))


def test_language_data_are_taken_from_the_folder_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "spa.traineddata").touch()

    assert _tessdata.find_tessdata(OcrSettings(languages="spa", tessdata=str(tmp_path))) == tmp_path


def test_language_data_are_found_through_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tessdata").mkdir()
    (tmp_path / "tessdata" / "qqq.traineddata").touch()
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))

    found = _tessdata.find_tessdata(OcrSettings(languages="qqq"))

    assert found == tmp_path / "tessdata"


@pytest.fixture
def no_tesserocr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tesserocr", None)


class FakeProgram:
    """Answers as ocrmypdf's engine does: a page on its side with one word."""

    hocr = (
        '<html xmlns="http://www.w3.org/1999/xhtml"><body>'
        "<div class='ocr_page' title='bbox 0 0 300 200'>"
        "<span class='ocr_line' title='bbox 30 40 90 60'>"
        "<span class='ocrx_word' title='bbox 30 40 90 60; x_wconf 87'>Lender</span></span>"
        "</div></body></html>"
    )

    def get_orientation(self, page: Path, options: object) -> SimpleNamespace:
        return SimpleNamespace(angle=90, confidence=20.0)

    def get_deskew(self, page: Path, options: object) -> float:
        return 0.0

    def generate_hocr(self, page: Path, hocr: Path, text: Path, options: object) -> None:
        with Image.open(page) as upright:
            assert upright.size == (300, 200)
        hocr.write_text(self.hocr, encoding="utf-8")

    def version(self) -> str:
        return "5.9"


@pytest.mark.usefixtures("no_tesserocr")
def test_the_program_reads_where_tesserocr_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_program, "engine", FakeProgram)

    recognition = read(Image.new("L", (200, 300), 255))

    assert recognition.words == (Word("Lender", 30, 40, 90, 60, 0.87),)
    assert recognition.orientation == 270
    assert ocr.describe() == {"languages": "eng", "engine": "ocrmypdf", "tesseract": "5.9"}


@pytest.mark.usefixtures("no_tesserocr")
def test_without_any_engine_the_error_names_both_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(OcrFailedError, match=r"pip install tesserocr.*or install"):
        read(Image.new("L", (200, 300), 255))
    assert "pip install tesserocr" in ocr.describe()["problem"]


@needs_tesserocr
def test_doctor_learns_engine_version_and_data() -> None:
    facts = ocr.describe()

    assert facts["engine"] == "tesserocr"
    assert facts["tesseract"].startswith(("4.", "5."))
    assert (Path(facts["data"]) / "eng.traineddata").is_file()


# --- searchable copies -------------------------------------------------------------------------


def source_of(content: bytes, media_type: str) -> Source:
    return Source(
        file_name="scan", location="scan", content=content, media_type=media_type, page_count=1
    )


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, form, **options)
    return stream.getvalue()


def text_of(pdf: bytes) -> list[str]:
    opened = pdfium.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_bounded() for page in opened]
    finally:
        opened.close()


@needs_tesserocr
@pytest.mark.parametrize(
    ("form", "media_type"),
    [("PDF", "application/pdf"), ("PNG", "image/png"), ("TIFF", "image/tiff")],
)
def test_a_scan_becomes_a_searchable_pdf(form: str, media_type: str) -> None:
    content = saved(draw_page(rows=4)[0], form, **({} if form == "PDF" else {"dpi": (DPI, DPI)}))

    artifact = ocr.make_searchable(source_of(content, media_type), Settings())

    assert artifact is not None
    assert (artifact.name, artifact.media_type) == ("searchable.pdf", "application/pdf")
    (text,) = text_of(artifact.content)
    assert "Closing" in text
    assert "Disclosure" in text


@needs_tesserocr
def test_a_sideways_scan_is_turned_upright_in_its_searchable_copy() -> None:
    content = saved(turn_away(draw_page()[0], 90, 0), "PNG", dpi=(DPI, DPI))

    artifact = ocr.make_searchable(source_of(content, "image/png"), Settings())

    assert artifact is not None
    with pikepdf.open(io.BytesIO(artifact.content)) as pdf:
        assert int(pdf.pages[0].get("/Rotate", 0)) % 360 == 90
    words = text_of(artifact.content)[0].split()
    assert words[:2] == ["Closing", "Escrow"]


@needs_tesserocr
def test_every_frame_of_an_image_is_a_page_and_transparency_is_paper() -> None:
    first, second = (draw_page(rows=rows)[0].convert("LA") for rows in (2, 3))
    content = saved(first, "TIFF", save_all=True, append_images=[second], dpi=(DPI, DPI))

    artifact = ocr.make_searchable(source_of(content, "image/tiff"), Settings())

    assert artifact is not None
    assert [len(text.split()) for text in text_of(artifact.content)] == [8, 12]


def test_a_born_digital_page_keeps_its_text_and_is_not_recognized() -> None:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=12)
    pdf.text(20, 30, "The borrower promises to pay the lender")

    artifact = ocr.make_searchable(source_of(bytes(pdf.output()), "application/pdf"), Settings())

    assert artifact is not None
    assert text_of(artifact.content)[0].strip() == "The borrower promises to pay the lender"


def test_other_types_get_no_searchable_copy() -> None:
    assert ocr.make_searchable(source_of(b"text", "text/plain"), Settings()) is None


def test_a_broken_pdf_gets_an_error_without_its_content() -> None:
    with pytest.raises(OcrFailedError, match="no searchable copy") as caught:
        ocr.make_searchable(source_of(b"%PDF-1.7 SSN 123-45-6789", "application/pdf"), Settings())

    assert "123-45" not in str(caught.value)
