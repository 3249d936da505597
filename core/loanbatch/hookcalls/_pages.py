"""Pages, images and words that plugins hand over, checked at the border.

Words are many: those of bundled plugins, which our own tests watch, are not looked at one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from loanbatch.errors import PluginError
from loanbatch.hookcalls._shapes import expect, expect_all, first_wrong, is_count, is_number
from loanbatch.models import CheckBox, Page, PageImage, Recognition, Source, TextSource, Word

_TURNS = (0, 90, 180, 270)


def expect_pages(
    plugin: str, answer: object, source: Source, *, words_too: bool
) -> tuple[Page, ...]:
    """Return the pages of a source, all of them and in order.

    Raises:
        PluginError: Some are missing, or others came: a part must not pass for the whole. Or one
            is not what a page is.
    """
    pages = expect_all(plugin, "read_pages", answer, Page)
    count = source.page_count or max(1, len(pages))
    if [page.number for page in pages] != list(range(1, count + 1)):
        raise PluginError(
            f"plugin {plugin} gave {len(pages)} pages in read_pages, expected 1 to {count} in order"
        )
    for page in pages:
        wrong = first_wrong(
            (
                ("width", page.width, is_number(page.width)),
                ("height", page.height, is_number(page.height)),
                ("text_source", page.text_source, type(page.text_source) is TextSource),
                ("orientation", page.orientation, page.orientation in _TURNS),
                ("skew", page.skew, is_number(page.skew)),
                ("words", page.words, isinstance(page.words, tuple)),
                ("check_boxes", page.check_boxes, isinstance(page.check_boxes, tuple)),
            )
        )
        if wrong:
            raise PluginError(f"plugin {plugin} gave in read_pages a page with {wrong}")
        if words_too:
            _look_at_words(plugin, "read_pages", page.words)
            expect_all(plugin, "read_pages", page.check_boxes, CheckBox)
    return pages


def expect_image(plugin: str, answer: object, number: int) -> PageImage:
    """Return the picture of a page, with as many bytes as it has pixels.

    Raises:
        PluginError: It is none, or of another page.
    """
    image = expect(plugin, "render_page", answer, PageImage)
    sized = is_count(image.width) and is_count(image.height)
    scale = image.points_per_pixel
    wrong = first_wrong(
        (
            ("page_number", image.page_number, image.page_number == number),
            ("size", image.width, sized),
            ("points_per_pixel", scale, is_number(scale) and scale > 0),
            (
                "length of its pixels",
                image.pixels,
                sized and _has_bytes(image.pixels, image.width * image.height),
            ),
        )
    )
    if wrong:
        raise PluginError(f"plugin {plugin} gave in render_page an image with {wrong}")
    return image


def _has_bytes(value: object, count: int) -> bool:
    return isinstance(value, bytes) and len(value) == count


def expect_recognition(plugin: str, answer: object, *, words_too: bool) -> Recognition:
    """Return what an OCR engine read.

    Raises:
        PluginError: It is none, or something in it is no word.
    """
    found = expect(plugin, "recognize_text", answer, Recognition)
    wrong = first_wrong(
        (
            ("orientation", found.orientation, found.orientation in _TURNS),
            ("skew", found.skew, is_number(found.skew)),
            ("words", found.words, isinstance(found.words, tuple)),
            ("check_boxes", found.check_boxes, isinstance(found.check_boxes, tuple)),
        )
    )
    if wrong:
        raise PluginError(f"plugin {plugin} gave in recognize_text a recognition with {wrong}")
    if words_too:
        _look_at_words(plugin, "recognize_text", found.words)
        expect_all(plugin, "recognize_text", found.check_boxes, CheckBox)
    return found


def expect_readings(
    plugin: str, answer: object, words: Sequence[Word]
) -> tuple[tuple[Word, ...], ...]:
    """Return further readings of words, as many as there are words.

    Raises:
        PluginError: Some are missing, or something is no word.
    """
    if isinstance(answer, str | bytes) or not isinstance(answer, Sequence):
        raise PluginError(
            f"plugin {plugin} gave {type(answer).__name__} in recognize_again, expected a sequence"
        )
    if len(answer) != len(words):
        raise PluginError(
            f"plugin {plugin} gave the readings of {len(answer)} words in recognize_again,"
            f" expected {len(words)}"
        )
    readings = tuple(expect_all(plugin, "recognize_again", item, Word) for item in answer)
    for reading in readings:
        _look_at_words(plugin, "recognize_again", reading)
    return readings


def _look_at_words(plugin: str, hook: str, words: Iterable[object]) -> None:
    for word in words:
        text, *numbers = expect(plugin, hook, word, Word)
        if type(text) is not str or not all(map(is_number, numbers)):
            raise PluginError(f"plugin {plugin} gave in {hook} a word with a wrong text or number")
