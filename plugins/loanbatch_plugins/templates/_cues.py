"""What can be told about a candidate before anybody knows whether it is right.

Each cue is a number, 0 where there is nothing to tell. What weighs how much is learned from
documents whose values are known, and stands in `weights.toml` (see `_weights`).
"""

from __future__ import annotations

from attrs import Attribute, field, fields, frozen

_MEANING, _SIGN = "meaning", "sign"


def _against(meaning: str) -> float:
    """Declare a cue that can only speak against a candidate."""
    found: float = field(default=0.0, metadata={_MEANING: meaning, _SIGN: -1})
    return found


def _for(meaning: str) -> float:
    """Declare a cue that can only speak for a candidate."""
    found: float = field(default=0.0, metadata={_MEANING: meaning, _SIGN: 1})
    return found


@frozen(kw_only=True)
class Cues:
    """What a reader saw around a value. Their meanings are printed beside the weights."""

    misread_label: float = _against("Share of the label's letters that were read otherwise.")
    inner_label: float = _against("The label stands in the middle of a cell.")
    marked_label: float = _against("A mark parts the label from what stands before it in its cell.")
    longer_label: float = _against("The label goes on with words that nobody foresaw.")
    later_place: float = _against("Number of places that the rule would rather have had it in.")
    far_value: float = _against("It stands far right of its label.")
    other_side: float = _against("It stands left of its label, above it, or down beside it.")
    lower_row: float = _against("It stands below its label, or as text in its label's form cell.")
    label_with_text: float = _against("It stands below or above a label that shares its cell.")
    lost_line_number: float = _against("The number of its line was not read.")
    bare_shape: float = _against("One minus how well its shape fits: 0.03 without a sign of money.")
    words_before: float = _against("Words stand before it in its cell.")
    street_only: float = _against("An address of one line without a comma: its city is missing.")
    cut_off: float = _against("Recognition put the rest of its line at another height.")
    odd_postal_code: float = _against("An address that ends in a number that is no postal code.")
    reader_doubt: float = _against("Minus the logarithm of the rule's or the reader's own factor.")
    unsure_words: float = _against("One minus the confidence of its worst word; 0.3 at most.")
    recognized: float = _against("It was recognized, not read from a text layer.")
    recognized_row: float = _against("It is a row of a table that was recognized.")
    disputed: float = _against("Another value is about as likely.")
    agreed: float = _for("Another place of the document has the same value.")

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names of all cues, in the order in which they are told."""
        return tuple(item.name for item in fields(cls))


#: Of a candidate that tells nothing.
NOTHING = Cues()


def meaning_of(name: str) -> str:
    """Return what a cue says, as one sentence."""
    return str(_attribute(name).metadata[_MEANING])


def sign_of(name: str) -> int:
    """Return -1 for a cue that can only speak against a candidate, 1 for one that speaks for it."""
    return int(_attribute(name).metadata[_SIGN])


def _attribute(name: str) -> Attribute[float]:
    found: Attribute[float] = getattr(fields(Cues), name)
    return found
