"""PDF pages: their words, check boxes and entries, and which of them are left to OCR."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageDraw, ImageFont

from loanbatch.errors import CorruptError, LoanbatchError
from loanbatch.models import Page, Source, TextSource, Word
from loanbatch_plugins import pdf_text
from loanbatch_plugins.pdf_text import _reading

SHARED = Path(__file__).parents[3] / "shared"
needs_documents = pytest.mark.skipif(
    not (SHARED / "documents").is_dir(), reason="the shared labelled documents are absent"
)
TEXT = """
The borrower promises to pay the lender the principal amount with interest at the yearly rate
stated above until the full amount has been paid and every other sum due under this note
"""
PROSE = TEXT.split()


# --- making PDFs -------------------------------------------------------------------------------


def new_pdf(pages: int = 1, size: tuple[float, float] = (612, 792)) -> FPDF:
    pdf = FPDF(unit="pt", format=size)
    pdf.set_auto_page_break(auto=False)
    pdf.set_font("Helvetica", size=12)
    for _ in range(pages):
        pdf.add_page()
    return pdf


def write_prose(pdf: FPDF, top: float = 100, words: int = len(PROSE)) -> None:
    for row, start in enumerate(range(0, words, 8)):
        pdf.text(72, top + 18 * row, " ".join(PROSE[start : min(words, start + 8)]))


def source_of(
    pdf: FPDF | bytes, change: Callable[[pikepdf.Pdf], None] | None = None, pages: int | None = None
) -> Source:
    content = pdf if isinstance(pdf, bytes) else bytes(pdf.output())
    if change is not None:
        with pikepdf.open(io.BytesIO(content)) as opened:
            change(opened)
            stream = io.BytesIO()
            opened.save(stream)
        content = stream.getvalue()
    return Source(
        file_name="a.pdf",
        location="a.pdf",
        content=content,
        media_type="application/pdf",
        page_count=pages or 1,
    )


def read(source: Source) -> Page:
    (page,) = pdf_text.read_pages(source=source, page_numbers=[1])
    return page


def word(page: Page, text: str) -> Word:
    (found,) = [item for item in page.words if item.text == text]
    return found


def texts(page: Page) -> list[str]:
    return [item.text for item in page.words]


def printed_scan(words: list[str], size: tuple[int, int] = (1700, 2200)) -> Image.Image:
    """A page as a scanner gives it: words printed in black on white."""
    image = Image.new("L", size, 255)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(36)
    for row, start in enumerate(range(0, len(words), 7)):
        draw.text((200, 200 + 60 * row), " ".join(words[start : start + 7]), fill=0, font=font)
    return image


# --- words and coordinates ---------------------------------------------------------------------


def test_words_stand_where_they_are_printed():
    pdf = new_pdf()
    pdf.text(100, 200, "Principal amount")

    page = read(source_of(pdf))

    assert (page.width, page.height) == (612, 792)
    assert texts(page) == ["Principal", "amount"]
    first, second = page.words
    assert first.left == pytest.approx(100, abs=1)
    assert first.right == pytest.approx(100 + pdf.get_string_width("Principal"), abs=1)
    assert second.left == pytest.approx(100 + pdf.get_string_width("Principal "), abs=1)
    assert 185 < first.top < 195
    assert 199 < first.bottom < 206


def test_pages_come_in_order_with_their_numbers():
    pdf = new_pdf(pages=3)

    pages = pdf_text.read_pages(source=source_of(pdf, pages=3), page_numbers=[1, 3])

    assert [page.number for page in pages] == [1, 3]


def test_other_types_are_left_to_others():
    source = Source(file_name="a", location="a", content=b"", media_type="image/png")

    assert pdf_text.read_pages(source=source, page_numbers=[1]) is None
    assert pdf_text.render_page(source=source, page_number=1) is None


#: Where a word stands that is printed at (100, 200) of an upright letter, when it is turned.
TURNED = {
    0: (612, 792, 100, 200),
    90: (792, 612, 592, 100),
    180: (612, 792, 512, 592),
    270: (792, 612, 200, 512),
}


@pytest.mark.parametrize("degrees", list(TURNED))
def test_words_follow_the_rotation_of_the_page(degrees):
    pdf = new_pdf()
    pdf.text(100, 200, "rate")

    page = read(source_of(pdf, lambda opened: opened.pages[0].rotate(degrees, relative=False)))

    width, height, across, along = TURNED[degrees]
    found = word(page, "rate")
    assert (page.width, page.height) == (width, height)
    assert min(abs(found.left - across), abs(found.right - across)) < 6
    assert min(abs(found.top - along), abs(found.bottom - along)) < 6


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_words_are_measured_from_the_crop_box(degrees):
    pdf = new_pdf()
    pdf.text(100, 200, "inside")
    pdf.text(400, 700, "outside")

    def crop(opened: pikepdf.Pdf) -> None:
        opened.pages[0].cropbox = Array([50, 400, 350, 792])
        opened.pages[0].rotate(degrees, relative=False)

    page = read(source_of(pdf, crop))

    assert texts(page) == ["inside"]
    assert sorted((page.width, page.height)) == [300, 392]
    expected = {0: (50, 200), 90: (192, 50), 180: (250, 192), 270: (200, 250)}[degrees]
    found = word(page, "inside")
    assert min(abs(found.left - expected[0]), abs(found.right - expected[0])) < 6
    assert min(abs(found.top - expected[1]), abs(found.bottom - expected[1])) < 6


@settings(max_examples=30, deadline=None)
@given(
    words=st.lists(
        st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=9),
        max_size=12,
    ),
    degrees=st.sampled_from([0, 90, 180, 270]),
)
def test_words_are_read_as_written_and_lie_on_the_page(words, degrees):
    pdf = new_pdf()
    for index, text in enumerate(words):
        pdf.text(60, 80 + 40 * index, text)

    page = read(source_of(pdf, lambda opened: opened.pages[0].rotate(degrees, relative=False)))

    if page.text_source is TextSource.TEXT_LAYER:
        assert sorted("".join(texts(page))) == sorted("".join(words))
    for item in page.words:
        assert 0 <= item.left < item.right <= page.width
        assert 0 <= item.top < item.bottom <= page.height


def test_word_printed_twice_in_place_is_read_once():
    pdf = new_pdf()
    for shift in (0, 0.4):
        pdf.text(100 + shift, 200, "Total")

    assert texts(read(source_of(pdf))) == ["Total"]


def test_same_word_in_two_places_is_read_twice():
    pdf = new_pdf()
    pdf.text(100, 200, "Total")
    pdf.text(100, 214, "Total")

    assert texts(read(source_of(pdf))) == ["Total", "Total"]


def test_number_and_word_in_another_size_are_two_words():
    pdf = new_pdf()
    pdf.set_font("Courier", size=12)
    pdf.text(100, 200, "612-40-3975")
    left = 100 + pdf.get_string_width("612-40-3975")
    pdf.set_font("Helvetica", size=8)
    pdf.text(left, 200, "Page")

    assert texts(read(source_of(pdf))) == ["612-40-3975", "Page"]


def test_amount_glued_to_a_word_is_two_words():
    pdf = new_pdf()
    pdf.text(100, 200, "$500.00Navy")

    assert texts(read(source_of(pdf))) == ["$500.00", "Navy"]


def test_ordinal_with_raised_ending_is_one_word():
    pdf = new_pdf()
    pdf.text(100, 200, "23")
    left = 100 + pdf.get_string_width("23")
    pdf.set_font("Helvetica", size=7)
    pdf.text(left, 196, "rd")

    assert texts(read(source_of(pdf))) == ["23rd"]


def test_marks_of_symbol_fonts_become_signs():
    pdf = new_pdf()
    pdf.set_font("ZapfDingbats", size=12)
    pdf.text(100, 200, "4")
    pdf.set_font("Helvetica", size=12)
    pdf.text(100, 240, "4")

    assert texts(read(source_of(pdf))) == ["✔", "4"]


def test_word_with_the_sign_of_an_unknown_ligature_is_doubtful():
    pdf = new_pdf()
    pdf.text(100, 200, "Solu]ons [sic] (plain) file[1]")

    page = read(source_of(pdf))

    sure = {word.text: word.confidence for word in page.words}
    assert sure.pop("Solu]ons") == 0.5
    assert set(sure.values()) == {1.0}


# --- check boxes -------------------------------------------------------------------------------


def boxes_of(draw: Callable[[FPDF], None]) -> list[bool]:
    pdf = new_pdf()
    pdf.set_line_width(0.7)
    draw(pdf)
    pdf.set_font("Helvetica", size=12)
    write_prose(pdf, top=400)
    page = read(source_of(pdf))
    return [
        box.ticked for box in sorted(page.check_boxes, key=lambda box: (box.box.top, box.box.left))
    ]


def test_drawn_square_is_an_empty_box_where_it_stands():
    pdf = new_pdf()
    pdf.rect(100, 200, 9, 9)
    pdf.text(114, 208, "Conventional")

    (box,) = read(source_of(pdf)).check_boxes

    assert not box.ticked
    assert box.box == pytest.approx((100, 200, 109, 209), abs=1)


def test_drawn_square_with_written_cross_is_ticked():
    def draw(pdf: FPDF) -> None:
        for top in (200, 220):
            pdf.rect(100, top, 9, 9)
            pdf.text(114, top + 8, "Conventional")
        pdf.set_font("Helvetica", size=8)
        pdf.text(102, 207.5, "X")

    assert boxes_of(draw) == [True, False]


def test_drawn_square_with_strokes_is_ticked():
    def draw(pdf: FPDF) -> None:
        for top in (200, 220, 240):
            pdf.rect(100, top, 9, 9)
        pdf.line(101, 201, 108, 208)
        pdf.line(101, 208, 108, 201)
        pdf.polyline([(101, 225), (104, 228), (108, 221)])

    assert boxes_of(draw) == [True, True, False]


def test_drawn_circle_with_dot_is_ticked():
    def draw(pdf: FPDF) -> None:
        for top in (200, 220):
            pdf.ellipse(100, top, 9, 9)
        pdf.ellipse(103, 203, 3, 3, style="F")

    assert boxes_of(draw) == [True, False]


def test_square_of_four_lines_is_a_box():
    def draw(pdf: FPDF) -> None:
        for top in (200, 230):
            for start, end in itertools.pairwise([(0, 0), (12, 0), (12, 11), (0, 11), (0, 0)]):
                pdf.line(100 + start[0], top + start[1], 100 + end[0], top + end[1])
        pdf.text(102, 240, "x")

    assert boxes_of(draw) == [False, True]


def test_square_with_other_text_is_a_cell():
    def draw(pdf: FPDF) -> None:
        pdf.rect(100, 200, 14, 14)
        pdf.text(103, 212, "7")

    assert boxes_of(draw) == []


def test_squares_in_a_row_without_gaps_are_a_comb():
    def draw(pdf: FPDF) -> None:
        for index in range(9):
            pdf.rect(100 + 12 * index, 200, 12, 12)

    assert boxes_of(draw) == []


def test_filled_square_is_a_bullet():
    assert boxes_of(lambda pdf: pdf.rect(100, 200, 6, 6, style="F")) == []


def test_cross_glued_to_its_wording_ticks_the_box():
    pdf = new_pdf()
    pdf.rect(100, 200, 9, 9)
    pdf.text(100.5, 208.5, "XFixed")

    page = read(source_of(pdf))

    assert [box.ticked for box in page.check_boxes] == [True]
    assert texts(page) == ["X", "Fixed"]


def test_boxes_in_a_form_object_stand_where_they_are_shown():
    """A filled-in form that was flattened is often one form object, scaled."""

    def wrap(opened: pikepdf.Pdf) -> None:
        form = opened.make_stream(
            b"q 1 0 0 1 0 0 cm 200 400 18 18 re S Q",
            Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 1224, 1584]),
        )  # fmt: skip
        page = opened.pages[0]
        page.Resources.XObject = Dictionary(F=form)
        page.contents_add(b"q 0.5 0 0 0.5 0 0 cm /F Do Q")

    pdf = new_pdf()
    write_prose(pdf)

    (box,) = read(source_of(pdf, wrap)).check_boxes

    assert box.box == pytest.approx((100, 792 - 209, 109, 792 - 200), abs=1)


def test_box_signs_are_check_boxes_too():
    pdf = new_pdf()
    pdf.set_font("ZapfDingbats", size=10)
    pdf.text(100, 200, "o")

    (box,) = read(source_of(pdf)).check_boxes

    assert not box.ticked


# --- form fields -------------------------------------------------------------------------------


def with_fields(*fields: dict) -> Callable[[pikepdf.Pdf], None]:
    """Add fields: a dictionary each, with `Rect` from the top left in points."""

    def change(opened: pikepdf.Pdf) -> None:
        page = opened.pages[0]
        made = []
        for index, field in enumerate(fields):
            left, top, right, bottom = field.pop("Rect")
            made.append(
                opened.make_indirect(
                    Dictionary(
                        Type=Name.Annot, Subtype=Name.Widget, T=f"field{index}",
                        Rect=Array([left, 792 - bottom, right, 792 - top]),
                        DA=pikepdf.String("/Helv 10 Tf 0 g"),
                        **{"F": 4, **field},
                    )
                )
            )  # fmt: skip
        page.Annots = opened.make_indirect(Array(made))
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        opened.Root.AcroForm = Dictionary(
            Fields=Array(made), DR=Dictionary(Font=Dictionary(Helv=font)), DA="/Helv 10 Tf 0 g"
        )

    return change


def test_text_field_gives_its_words_inside_its_rectangle():
    page = read(
        source_of(
            new_pdf(),
            with_fields({"FT": Name.Tx, "V": "Ana Maria Diaz", "Rect": (100, 200, 300, 216)}),
        )
    )

    assert page.text_source is TextSource.TEXT_LAYER
    assert texts(page) == ["Ana", "Maria", "Diaz"]
    for one, other in itertools.pairwise(page.words):
        assert one.right < other.left
    assert all(100 <= item.left < item.right <= 300 for item in page.words)
    assert all(200 <= item.top < item.bottom <= 216 for item in page.words)


def test_field_that_is_right_aligned_ends_at_the_right():
    page = read(
        source_of(
            new_pdf(),
            with_fields({"FT": Name.Tx, "Q": 2, "V": "1,250.00", "Rect": (100, 200, 300, 216)}),
        )
    )

    assert word(page, "1,250.00").right == pytest.approx(298, abs=1)


def test_long_entry_stays_within_its_field():
    page = read(
        source_of(
            new_pdf(),
            with_fields({"FT": Name.Tx, "V": " ".join(PROSE), "Rect": (100, 200, 200, 212)}),
        )
    )

    assert texts(page) == PROSE
    assert max(item.right for item in page.words) <= 200.1


def test_entry_of_several_lines_is_set_in_lines():
    fields = {
        "FT": Name.Tx,
        "Ff": 1 << 12,
        "V": "12 Elm Street\rDayton OH",
        "Rect": (100, 200, 300, 240),
    }

    page = read(source_of(new_pdf(), with_fields(fields)))

    assert texts(page) == ["12", "Elm", "Street", "Dayton", "OH"]
    assert word(page, "Dayton").top >= word(page, "Street").bottom - 1
    assert word(page, "OH").bottom <= 240


@pytest.mark.parametrize("flags", [2, 32])
def test_hidden_fields_are_skipped(flags):
    page = read(
        source_of(
            new_pdf(),
            with_fields({"FT": Name.Tx, "V": "secret", "F": flags, "Rect": (100, 200, 300, 216)}),
        )
    )

    assert texts(page) == []


def test_password_fields_are_skipped():
    page = read(
        source_of(
            new_pdf(),
            with_fields(
                {"FT": Name.Tx, "Ff": 1 << 13, "V": "secret", "Rect": (100, 200, 300, 216)}
            ),
        )
    )

    assert texts(page) == []


def test_entry_that_is_printed_as_well_is_read_once():
    pdf = new_pdf()
    pdf.text(102, 212, "Ana Diaz")

    page = read(
        source_of(pdf, with_fields({"FT": Name.Tx, "V": "Ana Diaz", "Rect": (100, 200, 300, 216)}))
    )

    assert texts(page) == ["Ana", "Diaz"]


def test_choice_shows_the_label_of_its_value():
    options = Array([Array(["F", "Fixed Rate"]), Array(["A", "Adjustable"])])
    field = {"FT": Name.Ch, "Ff": 1 << 17, "Opt": options, "V": "F", "Rect": (100, 200, 300, 216)}

    page = read(source_of(new_pdf(), with_fields(field)))

    assert texts(page) == ["Fixed", "Rate"]


def test_check_box_fields_tell_whether_they_are_ticked():
    def field(top: float, state: str) -> dict:
        return {
            "FT": Name.Btn,
            "V": Name("/" + state),
            "AS": Name("/" + state),
            "Rect": (100, top, 110, top + 10),
        }

    def change(opened: pikepdf.Pdf) -> None:
        with_fields(field(200, "Yes"), field(220, "Off"))(opened)
        for widget in opened.pages[0].Annots:
            looks = {
                state: opened.make_stream(
                    b"", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 10, 10])
                )
                for state in ("Yes", "Off")
            }
            widget.AP = Dictionary(N=Dictionary(**looks))

    pdf = new_pdf()
    pdf.rect(100, 220, 10, 10)
    write_prose(pdf, top=400)

    boxes = sorted(read(source_of(pdf, change)).check_boxes, key=lambda box: box.box.top)

    assert [box.ticked for box in boxes] == [True, False]
    assert boxes[0].box == pytest.approx((100, 200, 110, 210), abs=0.5)


def test_fields_follow_the_rotation_of_the_page():
    def change(opened: pikepdf.Pdf) -> None:
        with_fields({"FT": Name.Tx, "V": "Ana", "Rect": (100, 200, 116, 300)})(opened)
        opened.pages[0].rotate(90, relative=False)

    found = word(read(source_of(new_pdf(), change)), "Ana")

    assert 792 - 300 <= found.left < found.right <= 792 - 200
    assert 100 <= found.top < found.bottom <= 116


def test_text_typed_onto_the_page_is_read():
    def change(opened: pikepdf.Pdf) -> None:
        note = Dictionary(
            Type=Name.Annot, Subtype=Name.FreeText, Contents="Paid in full", F=4,
            Rect=Array([100, 500, 300, 520]), DA="/Helv 10 Tf 0 g",
        )  # fmt: skip
        opened.pages[0].Annots = Array([opened.make_indirect(note)])

    assert texts(read(source_of(new_pdf(), change))) == ["Paid", "in", "full"]


# --- which pages go to OCR ---------------------------------------------------------------------


def test_page_without_anything_is_blank_and_needs_no_ocr():
    page = read(source_of(new_pdf()))

    assert page.text_source is TextSource.TEXT_LAYER
    assert page.words == ()


def test_white_scan_is_blank_and_needs_no_ocr():
    pdf = new_pdf()
    pdf.image(Image.new("L", (850, 1100), 250), 0, 0, 612, 792)

    assert read(source_of(pdf)).text_source is TextSource.TEXT_LAYER


@pytest.mark.parametrize("words", [["Approved"], PROSE])
def test_scan_without_text_goes_to_ocr(words):
    pdf = new_pdf()
    pdf.image(printed_scan(words), 0, 0, 612, 792)

    page = read(source_of(pdf))

    assert page.text_source is TextSource.NONE
    assert page.words == ()
    assert (page.width, page.height) == (612, 792)


def test_scan_with_stray_text_goes_to_ocr():
    pdf = new_pdf()
    pdf.image(printed_scan(PROSE), 0, 0, 612, 792)
    pdf.text(500, 780, "Page 1 of 3")

    assert read(source_of(pdf)).text_source is TextSource.NONE


def test_scan_in_strips_goes_to_ocr():
    pdf = new_pdf()
    scan = printed_scan(PROSE)
    for top in range(0, 2200, 220):
        pdf.image(scan.crop((0, top, 1700, top + 220)), 0, top * 0.36, 612, 220 * 0.36)
    pdf.text(500, 780, "Page 1 of 3")

    assert read(source_of(pdf)).text_source is TextSource.NONE


def test_values_typed_over_a_scanned_form_go_to_ocr():
    pdf = new_pdf()
    pdf.image(printed_scan(PROSE * 6), 0, 0, 612, 792)
    for row in range(10):
        pdf.text(300, 500 + 20 * row, "1,234.56 10/01/2025")

    assert read(source_of(pdf)).text_source is TextSource.NONE


def test_text_with_a_picture_keeps_its_text():
    pdf = new_pdf()
    write_prose(pdf)
    pdf.image(Image.effect_noise((300, 200), 90), 72, 300, 300, 200)

    page = read(source_of(pdf))

    assert page.text_source is TextSource.TEXT_LAYER
    assert texts(page) == PROSE


def test_text_on_a_tinted_full_page_picture_keeps_its_text():
    pdf = new_pdf()
    pdf.image(Image.linear_gradient("L").point(lambda level: 225 + level // 9), 0, 0, 612, 792)
    write_prose(pdf)

    assert texts(read(source_of(pdf))) == PROSE


def over_scan(words: list[str], shown: list[str]) -> Source:
    """A scan of `shown` with `words` written invisibly over its print, as OCR programs do."""
    pdf = new_pdf()
    pdf.image(printed_scan(shown), 0, 0, 612, 792)
    pdf.text_mode = 3
    font = ImageFont.load_default(36)
    for row, start in enumerate(range(0, len(words), 7)):
        left = 72.0
        for own, printed in zip(words[start : start + 7], shown[start : start + 7], strict=True):
            width = font.getlength(printed) * 0.36
            pdf.set_font("Helvetica", size=12)
            pdf.set_stretching(100)
            pdf.set_stretching(100 * width / pdf.get_string_width(own))
            pdf.text(left, 84 + 21.6 * row, own)
            left += font.getlength(printed + " ") * 0.36
    return source_of(pdf)


def test_good_text_behind_a_scan_is_used_with_less_confidence():
    page = read(over_scan(PROSE, PROSE))

    assert page.text_source is TextSource.TEXT_LAYER
    assert texts(page) == PROSE
    assert {item.confidence for item in page.words} == {0.9}


def test_text_under_a_scan_is_used_with_less_confidence():
    scan = read(over_scan(PROSE, PROSE))

    def bury(opened: pikepdf.Pdf) -> None:
        """Draw the image last, over text that is not invisible."""
        operations = [
            (operands, str(operator))
            for operands, operator in pikepdf.parse_content_stream(opened.pages[0])
        ]
        start = next(i for i, (_, name) in enumerate(operations) if name == "Do")
        block = operations[start - 2 : start + 2]
        rest = operations[: start - 2] + operations[start + 2 :]
        visible = [item for item in rest if item[1] != "Tr"]
        data = pikepdf.unparse_content_stream(
            [(operands, pikepdf.Operator(name)) for operands, name in visible + block]
        )
        opened.pages[0].Contents = opened.make_stream(data)

    page = read(source_of(over_scan(PROSE, PROSE).content, bury))

    assert texts(page) == texts(scan)
    assert {item.confidence for item in page.words} == {0.9}


def test_poor_text_behind_a_scan_is_recognized_anew():
    poor = [f"{text[0]}~{text[-1]}1l" if index % 3 else text for index, text in enumerate(PROSE)]

    assert read(over_scan(poor, PROSE)).text_source is TextSource.NONE


def test_text_of_a_font_without_character_map_goes_to_ocr():
    """Codes that mean nothing outside of their font: the page shows words, its text is debris."""
    pdf = new_pdf()
    write_prose(pdf)

    def scramble(opened: pikepdf.Pdf) -> None:
        to_private = "\n".join(f"<{code:02x}> <{0xE100 + code:04x}>" for code in range(33, 127))
        table = (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
            "/CMapName /X def /CMapType 2 def 1 begincodespacerange <00> <ff>"
            f" endcodespacerange\n94 beginbfchar\n{to_private}\nendbfchar endcmap end end"
        )
        for item in opened.objects:
            if isinstance(item, Dictionary) and item.get("/Type") == Name.Font:
                item.ToUnicode = opened.make_stream(table.encode())

    page = read(source_of(pdf, scramble))

    assert page.text_source is TextSource.NONE


def test_text_in_a_shifted_alphabet_goes_to_ocr():
    pdf = new_pdf()
    for row, start in enumerate(range(0, len(PROSE), 6)):
        line = " ".join(
            "".join(chr(ord(letter) - 29) for letter in text) for text in PROSE[start : start + 6]
        )
        pdf.text(72, 100 + 18 * row, line)

    assert read(source_of(pdf)).text_source is TextSource.NONE


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_second_opinion_puts_words_where_the_first_does(monkeypatch, degrees):
    def change(opened: pikepdf.Pdf) -> None:
        opened.pages[0].cropbox = Array([20, 30, 600, 770])
        opened.pages[0].rotate(degrees, relative=False)

    pdf = new_pdf()
    with pdf.rotation(degrees, 306, 396):  # upright when displayed
        write_prose(pdf, top=300)
    source = source_of(pdf, change)
    first = read(source)
    verdicts = iter([True, False])
    monkeypatch.setattr(_reading, "is_garbage", lambda _: next(verdicts))

    second = read(source)

    assert texts(first) == PROSE
    assert sorted(texts(second)) == sorted(texts(first))
    for one in first.words:
        (other,) = [
            item
            for item in second.words
            if item.text == one.text and abs(item.left - one.left) + abs(item.top - one.top) < 6
        ]
        assert other.box == pytest.approx(one.box, abs=4)


def test_values_that_are_pictures_of_words_go_to_ocr():
    """Seen in an insurance declaration: headings are text, all values small images."""
    pdf = new_pdf()
    pdf.text(72, 80, "Policy coverages and limits of liability")
    for row, start in enumerate(range(0, len(PROSE), 1)):
        pdf.text(72, 120 + 18 * row, "Item")
        line = printed_scan(PROSE[start : start + 3], (700, 300)).crop((190, 190, 690, 250))
        pdf.image(line, 120, 108 + 18 * row, 180, 16)

    assert read(source_of(pdf)).text_source is TextSource.NONE


def test_text_drawn_as_shapes_goes_to_ocr():
    pdf = new_pdf()
    pdf.text(500, 780, "Page 1")
    for row, column in itertools.product(range(20), range(40)):
        left, top = 72 + 10 * column, 100 + 20 * row
        pdf.polyline([(left, top), (left + 4, top + 8), (left + 7, top)], style="D")

    assert read(source_of(pdf)).text_source is TextSource.NONE


# --- pictures of pages -------------------------------------------------------------------------


def test_picture_of_a_page_is_grey_upright_and_to_scale():
    pdf = new_pdf()
    pdf.rect(0, 0, 306, 396, style="F")
    source = source_of(pdf, lambda opened: opened.pages[0].rotate(90, relative=False))

    image = pdf_text.render_page(source=source, page_number=1)

    assert image.width * image.height == len(image.pixels)
    assert image.width * image.points_per_pixel == pytest.approx(792, abs=1)
    assert image.height * image.points_per_pixel == pytest.approx(612, abs=1)
    shown = Image.frombytes("L", (image.width, image.height), image.pixels)
    assert shown.getpixel((image.width * 3 // 4, image.height // 4)) == 0
    assert shown.getpixel((image.width // 4, image.height // 4)) == 255


@settings(max_examples=20, deadline=None)
@given(width=st.integers(10, 14_400), height=st.integers(10, 14_400))
def test_picture_keeps_to_the_pixel_budget_whatever_the_page_box_claims(width, height):
    image = pdf_text.render_page(source=source_of(new_pdf(size=(width, height))), page_number=1)

    assert 1 <= image.width * image.height < 7_200_000
    assert max(image.width, image.height) <= 10_001


@pytest.mark.parametrize(("side", "expected"), [(1100, 2160), (2400, 2400), (6000, 3010)])
def test_picture_of_a_scan_follows_its_own_pixels_within_the_budget(side, expected):
    pdf = new_pdf(size=(4132, 5342))
    pdf.image(Image.new("1", (round(side / 1.2929), side), 1), 0, 0, 4132, 5342)

    image = pdf_text.render_page(source=source_of(pdf), page_number=1)

    assert image.height == pytest.approx(expected, rel=0.02)


def test_picture_shows_form_entries():
    plain, filled = (
        pdf_text.render_page(source=source_of(new_pdf(), change), page_number=1)
        for change in (
            None,
            with_fields({"FT": Name.Tx, "V": "WWWWWW", "Rect": (100, 200, 300, 216)}),
        )
    )

    assert plain.pixels.count(0) == 0
    assert filled.pixels.count(0) > 50


# --- damaged files -----------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"no pdf", b"%PDF-1.7\n%%EOF"])
def test_damaged_file_is_corrupt(content):
    with pytest.raises(CorruptError):
        pdf_text.read_pages(source=source_of(content), page_numbers=[1])
    with pytest.raises(CorruptError):
        pdf_text.render_page(source=source_of(content), page_number=1)


def test_damaged_page_does_not_lose_the_others():
    pdf = new_pdf(pages=2)
    pdf.text(100, 200, "second")

    pages = pdf_text.read_pages(source=source_of(pdf), page_numbers=[1, 2, 3])

    assert texts(pages[1]) == ["second"]
    assert pages[2].text_source is TextSource.NONE
    with pytest.raises(CorruptError):
        pdf_text.render_page(source=source_of(pdf), page_number=3)


def test_reading_twice_gives_equal_pages():
    pdf = new_pdf()
    write_prose(pdf)
    source, other = source_of(pdf), source_of(new_pdf())

    assert read(source) == read(source)
    read(other)
    assert texts(read(source)) == PROSE


# --- real documents ----------------------------------------------------------------------------


def document(path: str) -> list[Page]:
    content = (SHARED / "documents" / path).read_bytes()
    with pikepdf.open(io.BytesIO(content)) as opened:
        count = len(opened.pages)
    source = source_of(content, pages=count)
    return list(pdf_text.read_pages(source=source, page_numbers=range(1, count + 1)))


#: Ticked boxes and all boxes of a page, counted by eye.
COUNTED = [
    ("loan_application/urla-2021-borrower-pages.pdf", 1, 6, 21),
    ("loan_application/urla-2005-page1.pdf", 1, 7, 43),
    ("closing_disclosure/cd-fixed-purchase.pdf", 2, 4, 7),
    ("closing_disclosure/cd-fixed-purchase.pdf", 5, 5, 14),
    ("w2/w2-2010-two-copies-hensley.pdf", 1, 4, 6),
    ("w2/w2-2020-hodges.pdf", 1, 0, 3),
]


@needs_documents
@pytest.mark.parametrize(("path", "number", "ticked", "boxes"), COUNTED)
def test_boxes_of_real_forms_are_all_found(path, number, ticked, boxes):
    page = document(path)[number - 1]

    assert sum(box.ticked for box in page.check_boxes) == ticked
    assert len(page.check_boxes) == boxes


@needs_documents
def test_real_documents_go_to_ocr_where_their_labels_say_scan():
    for label in sorted((SHARED / "documents").glob("*/*.pdf.gold.json")):
        kind = json.loads(label.read_text())["text"]
        if kind not in ("born_digital", "scanned", "form_fields"):
            continue
        pages = document(str(label.relative_to(SHARED / "documents")).removesuffix(".gold.json"))
        unread = [page.number for page in pages if page.text_source is TextSource.NONE]
        expected = [page.number for page in pages] if kind == "scanned" else []
        assert unread == expected, label.name


@pytest.mark.skipif(not (SHARED / "hostile").is_dir(), reason="the shared hostile files are absent")
def test_hostile_files_end_as_pages_or_our_errors():
    """A sample of the odd and damaged files of pdf.js."""
    for path in sorted((SHARED / "hostile" / "pdf").glob("*.pdf")):
        source = source_of(path.read_bytes())
        try:
            page = read(source)
        except LoanbatchError:
            continue
        assert page.number == 1
        for item in page.words:
            assert 0 <= item.left <= item.right <= page.width + 0.01
