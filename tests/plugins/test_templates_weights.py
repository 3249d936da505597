"""What the weights of the candidate ranking promise, whatever numbers were learned last."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from loanbatch.models import Word
from loanbatch.settings import Settings
from loanbatch_plugins.templates import _fingerprint, _weights
from loanbatch_plugins.templates._candidates import Candidate
from loanbatch_plugins.templates._cues import Cues, meaning_of, sign_of
from loanbatch_plugins.templates._weights import ANY, load_weights, probability, read_weights

_REVIEW = Settings().review_threshold
_NAMES = Cues.names()
_AMOUNTS = st.floats(0, 1)
_CUES = st.builds(Cues, **dict.fromkeys(_NAMES, _AMOUNTS))
_EXTRACTORS = st.sampled_from([*load_weights().extractors, "one nobody knows"])


def packaged() -> str:
    folder = _weights.files("loanbatch_plugins.templates")
    return folder.joinpath(_weights.FILE).read_text(encoding="utf-8")


def candidate(confidence: float = 1.0, **cues: float) -> Candidate:
    word = Word("$5", 0, 0, 10, 10, confidence)
    return Candidate(raw="$5", page=1, words=(word,), cues=Cues(**cues), found_by="label")


def test_packaged_weights_have_every_cue_and_no_other():
    assert tuple(load_weights().cues) == _NAMES


def test_packaged_weights_say_what_each_cue_means():
    lines = packaged().splitlines()

    for name in _NAMES:
        number = next(n for n, line in enumerate(lines) if line.startswith(f"{name} = "))
        assert lines[number - 1] == f"# {meaning_of(name)}"


@pytest.mark.parametrize("kind", ["label", "form_cell", "prose", "choice", "table", "letter", ANY])
def test_packaged_weights_calibrate_each_kind_of_extractor(kind):
    assert 2 < load_weights().extractors[kind] < 8


@given(_EXTRACTORS, _CUES, st.sampled_from(_NAMES), _AMOUNTS)
def test_more_of_a_cue_never_moves_a_candidate_the_wrong_way(extractor, cues, name, amount):
    more = evolve(cues, **{name: getattr(cues, name) + amount})

    change = load_weights().log_odds(extractor, more) - load_weights().log_odds(extractor, cues)

    assert change * sign_of(name) >= 0


@given(_AMOUNTS, _AMOUNTS)
def test_word_that_is_harder_to_read_never_raises_the_confidence(first, second):
    worse, better = sorted((first, second))

    assert candidate(worse).confidence <= candidate(better).confidence


@given(st.floats(0, 1), st.floats(0, 1))
def test_reader_that_is_less_sure_never_raises_the_confidence(first, second):
    worse, better = sorted((first, second))
    less, more = (evolve(candidate(), score=score) for score in (worse, better))

    assert less.confidence <= more.confidence


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_probability_is_never_certain(log_odds):
    assert 0 <= probability(log_odds) <= _weights.MOST


@pytest.mark.parametrize(
    "cue", ["words_before", "street_only", "cut_off", "odd_postal_code", "disputed"]
)
def test_single_grave_doubt_is_enough_for_review(cue):
    assert candidate(**{cue: 1.0}).confidence < _REVIEW


def test_clean_value_beside_its_label_needs_no_review():
    assert candidate().confidence > _REVIEW


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("disputed = -", "disputed = ", "cues.disputed has the wrong sign"),
        ("disputed = -", "undisputed = -", "its cues are not those of the engine"),
        (f"{ANY} = ", "unknown = ", f"extractors.{ANY} is missing"),
    ],
)
def test_weights_that_make_no_sense_are_refused(old, new, fault):
    with pytest.raises(ValueError, match=fault):
        read_weights(packaged().replace(old, new))


def test_fingerprint_depends_on_the_weights(monkeypatch, tmp_path):
    folder = tmp_path / "templates"
    (folder / "kinds").mkdir(parents=True)
    (folder / "lexicon.toml").write_text("")
    prints = set()
    monkeypatch.setattr(_fingerprint, "files", lambda _: folder)
    for text in ("a = 1", "a = 2"):
        (folder / "weights.toml").write_text(text)
        prints.add(_fingerprint.fingerprint.__wrapped__())

    assert len(prints) == 2
