"""The template for kinds that have none: labels of the lexicon, typed values beside them.

Precision goes before recall here: a letter of an unknown kind has no form that would tell which of
two numbers is meant.
"""

from __future__ import annotations

from functools import cache

from attrs import evolve

from loanbatch.vocabulary import FieldType, standard_vocabulary
from loanbatch_plugins.templates._loading import load_lexicon, make_label
from loanbatch_plugins.templates._schema import FieldTemplate, Rule, Template, Where

#: What a value without a form to hold it to is worth.
_CONFIDENCE = 0.85
#: A value stands no further from its label than this, in heights of the text.
_DISTANCE = 25.0


@cache
def generic_template(kind: str) -> Template:
    """Return a template over the lexicon for a kind of document."""
    vocabulary = standard_vocabulary()
    fields = []
    known = vocabulary.kinds.get(kind)
    names = known.fields if known and known.fields else tuple(load_lexicon())
    for name in names:
        kind_of = vocabulary.field(name).type
        wordings = load_lexicon().get(name, ())
        if not wordings or kind_of in (FieldType.ROWS, FieldType.LIST):
            continue
        labels = tuple(evolve(make_label(wording), starts_cell=True) for wording in wordings)
        rule = Rule(
            type=kind_of,
            labels=labels,
            where=(Where.RIGHT,),
            distance=_DISTANCE,
            confidence=_CONFIDENCE,
        )
        fields.append(FieldTemplate(name=name, type=kind_of, rules=(rule,)))
    return Template(kind=kind, fields=tuple(fields))
