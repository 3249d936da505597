"""Patterns over running text that are compiled only when a text may match them.

Compiling and searching the patterns of a template costs more than all else that is done to a page.
Most patterns have words that every match contains ("in the amount of"), and a text without them
needs no search. Finding these words is conservative: what is not understood needs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, cached_property

from loanbatch_plugins.layout import Flow
from loanbatch_plugins.templates._fragments import expand

#: Shorter stretches stand in every text.
_SHORTEST = 3
#: Wordings of which one must occur; None where a match may do without any.
_Needed = tuple[str, ...] | None
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
    """A regular expression over running text; case does not matter."""

    def __init__(self, source: str) -> None:
        self.source = source

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The compiled pattern, its shapes spelled out."""
        return re.compile(expand(self.source), re.IGNORECASE)

    @cached_property
    def _needed(self) -> _Needed:
        return needed(self.source)

    def matches(self, flow: Flow) -> Iterator[re.Match[str]]:
        """Yield the matches in a flow's text."""
        folded = flow.folded
        if self._needed is not None and not any(wording in folded for wording in self._needed):
            return iter(())
        return self.compiled.finditer(flow.text)


@cache
def wording(source: str) -> Wording:
    """Return the wording of a pattern; templates share many."""
    return Wording(source)


def needed(source: str) -> _Needed:
    """Return stretches of text of which each match has one, None when that cannot be told."""
    if _STRANGE.search(source):
        return None
    return _alternatives(iter([(m.lastgroup, m[0]) for m in _TOKEN.finditer(source)]))


def _alternatives(tokens: Iterator[tuple[str | None, str]]) -> _Needed:
    """Read up to the group's end: one of what each of its alternatives needs."""
    found: list[_Needed] = []
    ended = False
    while not ended:
        best, ended = _sequence(tokens)
        found.append(best)
    together = tuple(dict.fromkeys(item for needs in found for item in needs or ()))
    return None if None in found or len(together) > _MOST_ALTERNATIVES else together


def _sequence(tokens: Iterator[tuple[str | None, str]]) -> tuple[_Needed, bool]:
    """Read one alternative; return the rarest thing it needs, and whether the group ends."""
    needs: list[tuple[str, ...]] = []
    run = ""
    group: _Needed = None
    for kind, text in tokens:
        letter = text if kind == "letter" else ""
        if kind == "escape" and not text[1].isalnum():
            letter = text[1]
        if letter.isascii() and letter:
            needs += [group] if group else []
            group = None
            run += letter.lower()
            continue
        if kind == "optional":
            run, group = run[:-1], None
        needs += [(run,)]
        needs += [group] if group else []
        run, group = "", None
        if kind in ("close", "bar"):
            return _rarest(needs), kind == "close"
        if kind == "open":
            group = _alternatives(tokens)
        elif kind == "look":
            _alternatives(tokens)
    needs += [(run,)]
    needs += [group] if group else []
    return _rarest(needs), True


def _rarest(needs: Iterable[tuple[str, ...]]) -> _Needed:
    """Return what is longest, and so hardest to find by chance."""
    best = max(needs, key=lambda item: min(map(len, item)), default=())
    return best if best and min(map(len, best)) >= _SHORTEST else None
