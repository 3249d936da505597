"""The script that makes the weights gives the same file for the same documents, and a sane one."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from attrs import evolve

from loanbatch.registry import Registry
from loanbatch.settings import Settings
from loanbatch.testing.samples import make_sample
from loanbatch_plugins.templates._cues import Cues, sign_of
from loanbatch_plugins.templates._weights import load_weights, read_weights

_SPEC = importlib.util.spec_from_file_location(
    "learn_weights", Path(__file__).with_name("learn_weights.py")
)
learn = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(learn)


@pytest.fixture(scope="module")
def registry():
    return Registry.load(Settings(log_level="error"))


@pytest.fixture(scope="module")
def examples(registry):
    with learn.with_guesses():
        return list(learn.of_samples(registry, learn.generated(("w2", "paystub"), (401,), ())))


def example(*, right, extractor="label", part=None, **cues):
    return learn.Example(
        file="a.pdf",
        extractor=extractor,
        cues=Cues(**cues),
        right=right,
        part=part or learn.Part.WINNER,
    )


def test_same_documents_give_the_same_file(registry, examples):
    with learn.with_guesses():
        again = list(learn.of_samples(registry, learn.generated(("w2", "paystub"), (401,), ())))

    first, second = learn.rendered(learn.fit(examples)), learn.rendered(learn.fit(again))

    assert len(examples) > 100
    assert first == second
    assert set(read_weights(first).cues) == set(load_weights().cues)


def test_order_of_the_documents_does_not_matter(examples):
    assert learn.rendered(learn.fit(examples)) == learn.rendered(learn.fit(examples[::-1]))


def test_wrong_values_with_a_cue_make_it_weigh_more():
    right = [example(right=True)] * 300 + [example(right=False)] * 3
    some = [example(right=True, inner_label=1.0)] * 40
    sound, doubtful = (
        learn.fit([*right, *some, *[example(right=right_too, inner_label=1.0)] * 40])
        for right_too in (True, False)
    )

    assert doubtful.cues["inner_label"] < sound.cues["inner_label"] <= 0


def test_no_cue_gets_the_wrong_sign_from_few_examples():
    odd = [example(right=True, **{name: 1.0}) for name in learn.GUESSES] * 500
    odd += [example(right=False)] * 50

    assert all(value * sign_of(name) >= 0 for name, value in learn.fit(odd).cues.items())


def test_extractor_that_errs_more_often_is_worth_less():
    facts = [example(right=n % 10 > 0, extractor="table") for n in range(200)]
    facts += [example(right=n % 100 > 0, extractor="prose") for n in range(200)]

    weights = learn.fit(facts)

    assert weights.extractors["table"] < weights.extractors["prose"]


def test_losers_do_not_lower_what_winners_are_worth():
    winners = [example(right=n % 50 > 0) for n in range(200)]
    losers = [example(right=False, part=learn.Part.LOSER)] * 100

    alone, with_losers = learn.fit(winners), learn.fit([*winners, *losers])

    assert with_losers.extractors["label"] == pytest.approx(alone.extractors["label"], abs=0.2)


def test_every_cue_has_a_guess_of_its_sign():
    assert tuple(learn.GUESSES) == Cues.names()
    assert all(guess * sign_of(name) > 0 for name, guess in learn.GUESSES.items())


def test_labelled_files_can_be_left_out(registry, tmp_path):
    for name in ("seen.pdf", "set-aside.pdf"):
        sample = make_sample("w2", seed=5, file_name=name)
        (tmp_path / name).write_bytes(sample.content)
        (tmp_path / f"{name}.gold.json").write_text(json.dumps(sample.labels()))

    found = learn.of_labelled(registry, tmp_path, frozenset({"set-aside.pdf"}))

    assert {item.file for item in found} == {"seen.pdf"}


def test_quality_of_probabilities_is_as_defined():
    figures = learn.quality([(0.9, True), (0.6, False)])

    assert figures.brier == pytest.approx((0.01 + 0.36) / 2)
    assert figures.log_loss == pytest.approx((0.10536 + 0.91629) / 2, abs=1e-4)
    assert figures.calibration_error == pytest.approx((0.1 + 0.6) / 2)


def test_file_is_judged_by_weights_that_never_saw_it():
    common = [evolve(example(right=True), file=f"{n}.pdf") for n in range(40)]
    odd = [evolve(example(right=False, inner_label=1.0), file="odd.pdf")] * 30

    facts = learn.cross_validated([*common, *odd], [])

    seen = learn.judged_by(learn.fit([*common, *odd]), odd)
    assert min(likely for likely, right in facts if not right) > max(likely for likely, _ in seen)
