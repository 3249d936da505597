"""Patterns of templates, compiled only when they are needed: for running text, when it may match.

Compiling and searching the patterns of a template costs more than all else that is done to a page.
Most patterns have words that every match contains ("in the amount of"), and a text without them
needs no search. Finding these words is conservative: what is not understood needs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property

from loanbatch_plugins.layout import Flow
from loanbatch_plugins.templates._fragments import expand

#: Shorter stretches stand in every text.
_SHORTEST = 3
#: Stretches of text: of each tuple one occurs in every match.
_Needs = tuple[tuple[str, ...], ...]
_MOST_ALTERNATIVES = 12

_TOKEN = re.compile(
    r"(?P<escape>\\(?:x..|u....|N\{[^}]*\}|\d+|.))|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])"
    r"|(?P<look>\(\?<?[=!])|(?P<open>\((?:\?(?:P<\w+>|[ims-]*:))?)|(?P<close>\))|(?P<bar>\|)"
    r"|(?P<optional>[*?]\??|\{(?:0|,)[\d,]*\}\??)|(?P<repeat>\+\??|\{[1-9][\d,]*\}\??)"
    r"|(?P<shape>\{[a-z_]+[a-z_= ]*\})|(?P<anchor>[.^$])|(?P<letter>.)",
    re.DOTALL,
)
#: Groups that are not understood: back references, conditions, comments, verbose patterns.
_STRANGE = re.compile(r"(?<!\\)\(\?(?:P[=>]|[(#]|[a-zA-Z-]*[xauL][a-zA-Z-]*[:)]|[a-zA-Z]+\))")


class Wording:
    """A regular expression with the shapes of `_fragments`; case does not matter."""

    def __init__(self, source: str) -> None:
        self.source = source

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The compiled pattern, its shapes spelled out."""
        return re.compile(expand(self.source), re.IGNORECASE)

    @property
    def groupindex(self) -> Mapping[str, int]:
        """The numbers of its named groups."""
        return self.compiled.groupindex

    def search(self, text: str, start: int = 0) -> re.Match[str] | None:
        """Return the first match in a short text, from an offset on."""
        return self.compiled.search(text, start)

    @cached_property
    def _needs(self) -> _Needs:
        return needed(self.source)

    def matches(self, flow: Flow) -> Iterator[re.Match[str]]:
        """Yield the matches in a flow's text."""
        folded = flow.folded
        for need in self._needs:
            if not any(stretch in folded for stretch in need):
                return iter(())
        return self.compiled.finditer(flow.text)


@cache
def wording(source: str) -> Wording:
    """Return the wording of a pattern; templates share many."""
    return Wording(source)


def needed(source: str) -> _Needs:
    """Return what each match has: one stretch of text of each tuple."""
    if _STRANGE.search(source):
        return ()
    return _alternatives(iter([(m.lastgroup, m[0]) for m in _TOKEN.finditer(source)]))


def _alternatives(tokens: Iterator[tuple[str | None, str]]) -> _Needs:
    """Read up to the group's end; of several alternatives return one thing that each needs."""
    found: list[_Needs] = []
    ended = False
    while not ended:
        needs, ended = _sequence(tokens)
        found.append(needs)
    if len(found) == 1:
        return found[0]
    rarest = [max(needs, key=_length, default=()) for needs in found]
    together = tuple(dict.fromkeys(stretch for need in rarest for stretch in need))
    return (together,) if all(rarest) and len(together) <= _MOST_ALTERNATIVES else ()


def _sequence(tokens: Iterator[tuple[str | None, str]]) -> tuple[_Needs, bool]:
    """Read one alternative; return what it needs, and whether the group ends behind it."""
    needs: list[tuple[str, ...]] = []
    run = ""
    group: _Needs = ()
    ended = True
    for kind, text in tokens:
        letter = text if kind == "letter" else ""
        if kind == "escape" and not text[1].isalnum():
            letter = text[1]
        if letter and letter.isascii():
            needs += group
            group = ()
            run += letter.lower()
            continue
        if kind == "optional":
            run, group = run[:-1], ()
        needs += [(run,), *group]
        run, group = "", ()
        if kind in ("close", "bar"):
            ended = kind == "close"
            break
        if kind == "open":
            group = _alternatives(tokens)
        elif kind == "look":
            _alternatives(tokens)
    needs += [(run,), *group]
    return tuple(need for need in needs if _length(need) >= _SHORTEST), ended


def _length(need: tuple[str, ...]) -> int:
    return min(map(len, need), default=0)
