"""Damage to whole files, as disks, transfers, broken programs and attackers do it.

Some of it is blind, some knows how the format is built: a flipped bit in a compressed stream is
noticed by a checksum, a changed number in a table of objects by nobody.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from random import Random

from attrs import field, frozen

#: A kind of damage: gives other bytes for some, with a second file to take from.
_Damage = Callable[[bytes, bytes, Random], bytes]

#: Kinds of damage that one file gets at most.
_MOST_DAMAGES = 4
#: Bytes that are added to the size of an original when it is chosen: without, tiny ones would be
#: chosen almost always.
_SIZE_OF_ALL = 10_000
#: Bytes that a file has at most after damage: what is doubled again and again would grow for ever.
_LARGEST = 8 * 2**20

_OBJECT = re.compile(rb"\d{1,7} \d{1,5} obj\b.*?\bendobj\s?", re.DOTALL)
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_REFERENCE = re.compile(rb"\b(\d{1,6}) 0 R\b")
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_NAME = re.compile(rb"/[A-Za-z0-9]{2,20}")
_PLACE = re.compile(rb"\d{10} \d{5} n|startxref\s+\d+")
#: Numbers at which programs have their limits.
_ODD_NUMBERS = (
    b"0", b"-1", b"1", b"65535", b"65536", b"2147483647", b"-2147483648", b"4294967296", b"1e38",
    b"0.0000001", b"99999999999999999999", b"NaN",
)  # fmt: skip
#: What stands in content streams.
_OPERATORS = (
    b"q", b"Q", b"BT", b"ET", b"Tj", b"TJ", b"Do", b"cm", b"re", b"f", b"W n", b"sh", b"BI", b"ID",
    b"EI", b"Tf", b"Tm", b"'", b'"', b"gs", b"BX", b"scn",
)  # fmt: skip


@frozen(kw_only=True)
class Mutation:
    """A damaged file."""

    #: Its number and the kinds of damage, with the ending of the original.
    file_name: str
    content: bytes = field(repr=False)


def mutations(
    originals: Sequence[tuple[str, bytes]], count: int, *, seed: int = 0
) -> Iterator[Mutation]:
    """Give damaged files, the same ones for the same arguments; small originals come more often.

    Args:
        originals: Endings such as `.pdf`, and contents.
        count: How many.
        seed: Any number.
    """
    chances = [1 / (len(content) + _SIZE_OF_ALL) for _, content in originals]
    for number in range(count):
        random = Random(f"{seed}:{number}")
        ending, content = random.choices(originals, chances)[0]
        donor = random.choices(originals, chances)[0][1]
        names = random.choices(sorted(_damages_of(ending)), k=random.randint(1, _MOST_DAMAGES))
        for name in names:
            content = _damages_of(ending)[name](content, donor, random)[:_LARGEST]
        yield Mutation(file_name=f"{number:05}-{'+'.join(names)}{ending}", content=content)


def _damages_of(ending: str) -> dict[str, _Damage]:
    own = {".pdf": _IN_PDF, ".png": _IN_PNG, ".tif": _IN_TIFF}
    return _BLIND | own.get(ending.lower().replace("tiff", "tif"), {})


def _stretch(content: bytes, random: Random, most: int = 4096) -> tuple[int, int]:
    """Return beginning and end of some bytes, short ones more often than long ones."""
    start = random.randrange(len(content) + 1)
    length = int(most ** random.random())
    return start, min(len(content), start + length)


def _flip(content: bytes, _: bytes, random: Random) -> bytes:
    out = bytearray(content)
    for _time in range(random.randint(1, 20)):
        if out:
            out[random.randrange(len(out))] ^= 1 << random.randrange(8)
    return bytes(out)


def _overwrite(content: bytes, _: bytes, random: Random) -> bytes:
    start, end = _stretch(content, random)
    filling = random.choice((b"\0", b"\xff", b" ", b"\n", b""))
    length = end - start
    return content[:start] + (filling * length or random.randbytes(length)) + content[end:]


def _cut_end(content: bytes, _: bytes, random: Random) -> bytes:
    return content[: random.randrange(len(content) + 1)]


def _cut_out(content: bytes, _: bytes, random: Random) -> bytes:
    start, end = _stretch(content, random, max(2, len(content) // 2))
    return content[:start] + content[end:]


def _insert(content: bytes, _: bytes, random: Random) -> bytes:
    place, _end = _stretch(content, random)
    return content[:place] + random.randbytes(random.randint(1, 64)) + content[place:]


def _double(content: bytes, _: bytes, random: Random) -> bytes:
    start, end = _stretch(content, random, max(2, len(content)))
    times = random.choice((1, 1, 2, 50))
    return content[:end] + content[start:end] * times + content[end:]


def _splice(content: bytes, donor: bytes, random: Random) -> bytes:
    place, _end = _stretch(content, random)
    start, end = _stretch(donor, random, max(2, len(donor)))
    return content[:place] + donor[start:end] + content[place:]


def _head_of_one_tail_of_other(content: bytes, donor: bytes, random: Random) -> bytes:
    return content[: random.randrange(len(content) + 1)] + donor[random.randrange(len(donor) + 1) :]


def _replaced(
    content: bytes, pattern: re.Pattern[bytes], random: Random, new: Callable[[bytes], bytes]
) -> bytes:
    """Replace one to five of the places where a pattern stands."""
    found = list(pattern.finditer(content))
    chosen = random.sample(found, min(len(found), random.randint(1, 5)))
    for match in sorted(chosen, key=lambda match: -match.start()):
        content = content[: match.start()] + new(match[0]) + content[match.end() :]
    return content


def _swap_objects(content: bytes, _: bytes, random: Random) -> bytes:
    """Give two objects each other's number, which tables of objects do not notice."""
    found = list(_OBJECT.finditer(content))
    if len(found) < 2:
        return content
    one, other = sorted(random.sample(found, 2), key=lambda match: match.start())
    first, second = one[0].split(b"obj", 1), other[0].split(b"obj", 1)
    return b"".join((
        content[: one.start()], first[0], b"obj", second[1], content[one.end() : other.start()],
        second[0], b"obj", first[1], content[other.end() :],
    ))  # fmt: skip


def _drop_objects(content: bytes, _: bytes, random: Random) -> bytes:
    return _replaced(content, _OBJECT, random, lambda _: b"")


def _double_objects(content: bytes, _: bytes, random: Random) -> bytes:
    return _replaced(content, _OBJECT, random, lambda whole: whole * random.randint(2, 3))


def _change_numbers(content: bytes, _: bytes, random: Random) -> bytes:
    return _replaced(content, _NUMBER, random, lambda _: random.choice(_ODD_NUMBERS))


def _change_references(content: bytes, _: bytes, random: Random) -> bytes:
    """Let objects name others, themselves among them."""
    numbers = [match[1] for match in _REFERENCE.finditer(content)] or [b"1"]
    return _replaced(content, _REFERENCE, random, lambda _: random.choice(numbers) + b" 0 R")


def _change_places(content: bytes, _: bytes, random: Random) -> bytes:
    def elsewhere(whole: bytes) -> bytes:
        offset = random.choice((0, 9, len(content), random.randrange(len(content) + 1), 2**33))
        return b"startxref\n%d" % offset if b"x" in whole else b"%010d 00000 n" % offset

    return _replaced(content, _PLACE, random, elsewhere)


def _change_names(content: bytes, _: bytes, random: Random) -> bytes:
    names = _NAME.findall(content) or [b"/X"]
    return _replaced(content, _NAME, random, lambda _: random.choice(names))


def _change_streams(content: bytes, donor: bytes, random: Random) -> bytes:
    """Damage what is inside compressed streams, and compress it again."""

    def damaged(whole: bytes) -> bytes:
        body = whole.split(b"\n", 1)[1].removesuffix(b"endstream")
        try:
            inside = zlib.decompressobj().decompress(body, _LARGEST)
        except zlib.error:
            return whole
        change = random.choice((*_BLIND.values(), _change_numbers, _change_operators))
        again = zlib.compress(change(inside, donor[:10_000], random)[:_LARGEST])
        return b"stream\n" + again + b"\nendstream"

    return _replaced(content, _STREAM, random, damaged)


def _change_operators(content: bytes, _: bytes, random: Random) -> bytes:
    lines = content.split(b"\n")
    for _time in range(random.randint(1, 20)):
        lines.insert(random.randrange(len(lines) + 1), random.choice(_OPERATORS))
    return b"\n".join(lines)


def _change_chunks(content: bytes, _: bytes, random: Random) -> bytes:
    """Damage, drop, double or shuffle the chunks of a PNG, with checksums that hold."""
    chunks, position = [], 8
    while position + 12 <= len(content):
        end = position + 8 + int.from_bytes(content[position : position + 4])
        chunks.append((content[position + 4 : position + 8], content[position + 8 : end]))
        position = end + 4
    if not chunks:
        return content
    where = random.randrange(len(chunks))
    kind, body = chunks[where]
    match random.randrange(4):
        case 0:
            chunks[where] = kind, _overwrite(body, b"", random)
        case 1:
            del chunks[where]
        case 2:
            chunks.insert(where, (kind, body))
        case _:
            random.shuffle(chunks)
    return content[:8] + b"".join(
        len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)
        for kind, body in chunks
    )


def _change_tags(content: bytes, _: bytes, random: Random) -> bytes:
    """Change entries of a TIFF's first directory of tags."""
    order = "big" if content[:2] == b"MM" else "little"
    out = bytearray(content)
    at = int.from_bytes(out[4:8], order)  # type: ignore[arg-type]
    count = int.from_bytes(out[at : at + 2], order)  # type: ignore[arg-type]
    for _time in range(random.randint(1, 4)):
        entry = at + 2 + 12 * random.randrange(min(count, 100) + 1)
        part = random.choice((0, 2, 4, 8))
        out[entry + part : entry + part + 2] = random.choice(
            (b"\0\0", b"\1\0", b"\0\1", b"\xff\xff", random.randbytes(2))
        )
    return bytes(out)


_BLIND: dict[str, _Damage] = {
    "flip": _flip,
    "overwrite": _overwrite,
    "cut_end": _cut_end,
    "cut_out": _cut_out,
    "insert": _insert,
    "double": _double,
    "splice": _splice,
    "head_and_tail": _head_of_one_tail_of_other,
}
_IN_PDF: dict[str, _Damage] = {
    "swap_objects": _swap_objects,
    "drop_objects": _drop_objects,
    "double_objects": _double_objects,
    "numbers": _change_numbers,
    "references": _change_references,
    "places": _change_places,
    "names": _change_names,
    "streams": _change_streams,
}
_IN_PNG: dict[str, _Damage] = {"chunks": _change_chunks}
_IN_TIFF: dict[str, _Damage] = {"tags": _change_tags}
