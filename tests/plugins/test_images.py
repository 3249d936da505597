"""Image files as pages: their size as displayed, and their pixels for OCR."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from loanbatch.errors import CorruptError, LoanbatchError, TooLargeError
from loanbatch.models import PageImage, Source, TextSource
from loanbatch_plugins import images

HOSTILE = Path(__file__).parents[3] / "shared" / "hostile" / "image"
MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "TIFF": "image/tiff"}


def source_of(image: Image.Image, kind: str, **options) -> Source:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return source_of_bytes(stream.getvalue(), MEDIA_TYPES[kind])


def source_of_bytes(content: bytes, media_type: str = "image/png") -> Source:
    return Source(file_name="a", location="a", content=content, media_type=media_type)


def corner_marked(width: int = 400, height: int = 200) -> Image.Image:
    """White, with a black mark in the upper left corner of the pixels as stored."""
    image = Image.new("L", (width, height), 255)
    image.paste(0, (0, 0, width // 4, height // 4))
    return image


def picture(image: PageImage) -> Image.Image:
    return Image.frombytes("L", (image.width, image.height), image.pixels)


def grey_at(image: PageImage, across: float, along: float) -> int:
    value = picture(image).getpixel((int(image.width * across), int(image.height * along)))
    assert isinstance(value, int)
    return value


def only_page(source: Source):
    (page,) = images.read_pages(source=source, page_numbers=[1])
    return page


def drawn(source: Source, number: int = 1) -> PageImage:
    image = images.render_page(source=source, page_number=number)
    assert len(image.pixels) == image.width * image.height
    return image


@pytest.mark.parametrize("kind", list(MEDIA_TYPES))
def test_images_read_each_type_without_text(kind):
    page = only_page(source_of(corner_marked(), kind))

    assert page.text_source is TextSource.NONE
    assert page.words == ()


def test_images_leave_other_types_to_others():
    source = source_of_bytes(b"%PDF-1.4", "application/pdf")

    assert images.read_pages(source=source, page_numbers=[1]) is None
    assert images.render_page(source=source, page_number=1) is None


@pytest.mark.parametrize("kind", list(MEDIA_TYPES))
def test_images_size_follows_plausible_resolution(kind):
    page = only_page(source_of(Image.new("L", (1700, 2200), 255), kind, dpi=(200, 200)))

    assert (page.width, page.height) == pytest.approx((612, 792), abs=0.2)


@pytest.mark.parametrize("dpi", [(1, 1), (10, 10), (9600, 9600)])
def test_images_assume_letter_width_when_resolution_is_implausible(dpi):
    page = only_page(source_of(Image.new("L", (1000, 1500), 255), "TIFF", dpi=dpi))

    assert (page.width, page.height) == pytest.approx((612, 918))


def test_images_assume_letter_lying_when_wider_than_high():
    page = only_page(source_of(Image.new("L", (1500, 1000), 255), "PNG"))

    assert (page.width, page.height) == pytest.approx((792, 528))


@pytest.mark.parametrize("kind", list(MEDIA_TYPES))
def test_images_orientation_tag_turns_the_page(kind):
    """Value 6: the stored rows are columns of the scene, its first row the right side."""
    if kind == "TIFF":
        options = {"tiffinfo": {274: 6}}
    else:
        exif = Image.Exif()
        exif[274] = 6
        options = {"exif": exif}
    source = source_of(corner_marked(400, 200), kind, dpi=(100, 100), **options)

    page, image = only_page(source), drawn(source)

    assert (page.width, page.height) == pytest.approx((144, 288), abs=0.2)
    assert image.width < image.height
    assert grey_at(image, 0.9, 0.1) < 50
    assert grey_at(image, 0.1, 0.1) > 200


def test_images_pages_of_a_tiff_are_its_frames():
    frames = [Image.new("L", (200, 300), 255), Image.new("L", (300, 200), 0)]
    source = source_of(frames[0], "TIFF", save_all=True, append_images=frames[1:], dpi=(50, 50))

    pages = images.read_pages(source=source, page_numbers=[1, 2])

    assert [page.number for page in pages] == [1, 2]
    assert pages[1].width == pytest.approx(432)
    assert grey_at(drawn(source, 1), 0.5, 0.5) == 255
    assert grey_at(drawn(source, 2), 0.5, 0.5) == 0


def test_images_coarse_fax_gets_its_shape_back():
    """Standard fax: 204 dots an inch across, 98 along (ITU-T T.4)."""
    fax = Image.new("1", (1728, 1078), 1)
    source = source_of(fax, "TIFF", compression="group4", dpi=(204, 98))

    page, image = only_page(source), drawn(source)

    assert (page.width, page.height) == pytest.approx((610, 792), abs=1)
    assert image.height / image.width == pytest.approx(792 / 610, abs=0.01)
    assert image.width >= 1650


MODES = {
    "RGB": ("RGB", (255, 255, 255), (0, 0, 0), "PNG"),
    "transparent": ("RGBA", (0, 0, 0, 0), (0, 0, 0, 255), "PNG"),
    "grey and alpha": ("LA", (0, 0), (0, 255), "PNG"),
    "16 bits": ("I;16", 65535, 0, "PNG"),
    "16 bits, TIFF": ("I;16", 65535, 0, "TIFF"),
    "32 bits": ("I", 65535, 0, "TIFF"),
    "floating point": ("F", 1.0, 0.0, "TIFF"),
    "CMYK": ("CMYK", (0, 0, 0, 0), (0, 0, 0, 255), "TIFF"),
    "CMYK, JPEG": ("CMYK", (0, 0, 0, 0), (0, 0, 0, 255), "JPEG"),
    "LAB": ("LAB", (255, 128, 128), (0, 128, 128), "TIFF"),
    "black and white": ("1", 1, 0, "PNG"),
}


@pytest.mark.parametrize("case", list(MODES))
def test_images_show_black_on_white_paper_in_every_mode(case):
    mode, paper, ink, kind = MODES[case]
    image = Image.new(mode, (200, 200), paper)
    image.paste(ink, (0, 0, 100, 100))

    shown = drawn(source_of(image, kind))

    assert grey_at(shown, 0.25, 0.25) < 20
    assert grey_at(shown, 0.75, 0.75) > 235


def test_images_transparent_colour_of_a_palette_is_paper():
    image = Image.new("P", (200, 200), 0)
    image.putpalette([0, 0, 0, 0, 0, 0])
    image.paste(1, (0, 0, 100, 100))

    shown = drawn(source_of(image, "PNG", transparency=0))

    assert grey_at(shown, 0.25, 0.25) == 0
    assert grey_at(shown, 0.75, 0.75) == 255


@settings(max_examples=25, deadline=None)
@given(width=st.integers(8, 1500), height=st.integers(8, 1500), dpi=st.integers(1, 700))
def test_images_pixels_map_onto_the_page(width, height, dpi):
    source = source_of(Image.new("1", (width, height), 1), "TIFF", dpi=(dpi, dpi))

    page, image = only_page(source), drawn(source)

    assert image.width * image.points_per_pixel == pytest.approx(page.width, rel=0.01, abs=1)
    assert image.height * image.points_per_pixel == pytest.approx(page.height, rel=0.01, abs=1)
    assert image.width * image.height < 7_100_000
    assert max(image.width, image.height) <= 10_000


def test_images_small_ones_grow_and_large_ones_shrink_to_the_budget():
    small = drawn(source_of(Image.new("L", (425, 550), 255), "PNG"))
    large = drawn(source_of(Image.new("1", (5100, 6600), 1), "PNG"))

    assert small.height == pytest.approx(2200, rel=0.05)
    assert large.height == pytest.approx(3000, rel=0.05)


def test_images_within_the_budget_keep_their_pixels():
    image = corner_marked(1700, 2200)

    shown = drawn(source_of(image, "PNG", dpi=(200, 200)))

    assert shown.pixels == image.tobytes()


@pytest.mark.parametrize("content", [b"", b"no image", b"\x89PNG\r\n\x1a\n"])
def test_images_refuse_what_is_no_image(content):
    source = source_of_bytes(content)

    with pytest.raises(CorruptError):
        images.read_pages(source=source, page_numbers=[1])
    with pytest.raises(CorruptError):
        images.render_page(source=source, page_number=1)


def test_images_refuse_to_draw_half_a_picture():
    whole = source_of(Image.effect_noise((300, 300), 80), "JPEG").content

    with pytest.raises(CorruptError):
        images.render_page(source=source_of_bytes(whole[: len(whole) // 2]), page_number=1)


def test_images_missing_frame_does_not_lose_the_others():
    source = source_of(corner_marked(), "TIFF")

    pages = images.read_pages(source=source, page_numbers=[1, 2])

    assert len(pages) == 2
    with pytest.raises(CorruptError):
        images.render_page(source=source, page_number=2)


@pytest.mark.parametrize("side", [13_000, 20_000])
def test_images_refuse_too_many_pixels_before_decoding(side):
    source = source_of(Image.new("1", (side, side)), "PNG")

    with pytest.raises(TooLargeError):
        images.read_pages(source=source, page_numbers=[1])
    with pytest.raises(TooLargeError):
        images.render_page(source=source, page_number=1)


@pytest.mark.skipif(not HOSTILE.is_dir(), reason="the shared hostile files are absent")
@pytest.mark.parametrize("kind", ["png", "jpg", "tif"])
def test_images_hostile_files_end_as_pictures_or_our_errors(kind):
    """Damaged and odd pictures from Pillow's own tests."""
    paths = [path for path in HOSTILE.iterdir() if path.suffix.lower().startswith(f".{kind}")]
    assert paths
    for path in paths:
        source = source_of_bytes(path.read_bytes())
        try:
            (page,) = images.read_pages(source=source, page_numbers=[1])
            image = drawn(source)
        except LoanbatchError:
            continue
        assert image.width * image.points_per_pixel == pytest.approx(page.width, rel=0.02, abs=1)
