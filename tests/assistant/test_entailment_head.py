"""The learned judge of meaning: fitted, written, read again, and only with the encoder it knows."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.grounding import meaning
from assistant.grounding.check import Sentence, Verdict, by_words, check
from assistant.grounding.clause import Cited
from assistant.grounding.encoder import Encoded, NoTokenVectors
from assistant.grounding.features import NAMES, Pair, features, heard_of
from assistant.grounding.meaning import Fitted, Head, Judged, load_meaning, save
from evals.training.entailment import Example, fit

LENDS = Cited(
    address="pp-res-900@2030#invites-member-states",
    document="pp-res-900@2030",
    heading="invites Member States",
    text="to lend lanterns to the keepers of small harbours",
    title="Resolution 900 (Tallinn, 2030)",
)
DENIES = LENDS.model_copy(
    update={"heading": "resolves", "text": "that lanterns shall not be sold to ships at night"}
)


class Words:
    """An encoder to which equal words are alike, and others are not."""

    fingerprint = "words:1"

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """See TokenEncoder."""
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Encoded:
        found = list(re.finditer(r"\w+", text))
        rows = np.stack([self._vector(match[0]) for match in found] or [np.zeros(32)])
        rows = rows[: len(found)].astype(np.float32)
        pooled = rows.sum(axis=0)
        return Encoded(
            text=text,
            spans=tuple(match.span() for match in found),
            vectors=rows,
            pooled=pooled / max(float(np.linalg.norm(pooled)), 1e-9),
        )

    @staticmethod
    def _vector(word: str) -> np.ndarray:
        vector = np.random.default_rng(zlib.crc32(word.lower().encode())).normal(size=32)
        return vector / np.linalg.norm(vector)


def row_of(text: str, clause: Cited) -> np.ndarray:
    words = Words()
    (ours, heard) = words.encode([text, heard_of(clause)])
    return features(Pair(text, "en", (clause,), ours, (heard,)), np.zeros(32, np.float32))


def fitted() -> Fitted:
    """A head over sentences that hold the clause's words, or others."""
    said = [
        ("Member States are invited to lend lanterns to keepers", True),
        ("Lanterns for keepers of small harbours may be lent by Member States", True),
        ("Small harbours have keepers to whom lanterns are lent", True),
        ("Violins please the audience of a concert in spring", False),
        ("Member States are invited to paint every bridge yellow", False),
        ("Ferries carry apples over the wide river in winter", False),
    ] * 4
    examples = [
        Example(text, "en", (LENDS,), true, f"document {n}", 1.0, True)
        for n, (text, true) in enumerate(said)
    ]
    table = np.stack([row_of(one.text, LENDS) for one in examples])
    found, report = fit(examples, table, np.zeros(32), Words.fingerprint)
    assert report.written == len(examples)
    return found


def test_what_is_in_the_clause_is_likelier_than_what_is_not(tmp_path: Path) -> None:
    save(fitted(), tmp_path / "entailment.json")
    read = Fitted.model_validate_json((tmp_path / "entailment.json").read_text("utf-8"))
    head = Head(Words(), read)
    true, false = head.probabilities(
        [
            Sentence(text=text, language="en", cited=(LENDS,))
            for text in (
                "Member States are invited to lend lanterns to keepers of harbours",
                "Trumpets sound over the yellow hills of autumn",
            )
        ]
    )
    assert true.probability > 0.5 > false.probability


def test_a_sentence_that_says_what_a_clause_denies_is_known_as_one() -> None:
    place = NAMES.index("negation_near")
    assert row_of("Lanterns shall be sold to ships at night", DENIES)[place] >= meaning.DENIED
    assert row_of("Lanterns shall not be sold to ships at night", DENIES)[place] == 0
    assert row_of("Lanterns are lent to keepers", LENDS)[place] == 0


def test_an_empty_sentence_has_no_features() -> None:
    assert np.isfinite(row_of("", LENDS)).all()


def test_another_encoder_than_the_one_fitted_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(fitted(), tmp_path / "models" / meaning.FITTED)
    monkeypatch.setattr(meaning, "load_encoder", lambda _: Words())
    load_meaning.cache_clear()
    assert isinstance(load_meaning("learned", "one", tmp_path), Head)
    other = Words()
    other.fingerprint = "words:2"
    monkeypatch.setattr(meaning, "load_encoder", lambda _: other)
    assert load_meaning("learned", "two", tmp_path) is None

    def none(_: str) -> Words:
        raise NoTokenVectors

    monkeypatch.setattr(meaning, "load_encoder", none)
    assert load_meaning("learned", "three", tmp_path) is None
    assert load_meaning("words", "one", tmp_path) is None
    load_meaning.cache_clear()


class Told:
    """A judge that says the same of everything."""

    name, low, sure = "told", 0.2, 0.9

    def __init__(self, probability: float, left_out: str = "") -> None:
        self._said = Judged(probability, left_out)

    def least(self, language: str) -> float:
        """See Meaning."""
        return 0.7

    def probabilities(self, sentences: Sequence[Sentence]) -> list[Judged]:
        """See Meaning."""
        return [self._said] * len(sentences)


@pytest.mark.parametrize(
    ("probability", "alone", "judged"),
    [
        (0.95, Verdict.BORNE_OUT, Verdict.BORNE_OUT),
        (0.8, Verdict.BORNE_OUT, Verdict.UNSURE),
        (0.5, Verdict.UNSURE, Verdict.UNSURE),
        (0.1, Verdict.NOT, Verdict.NOT),
    ],
)
def test_what_another_judge_is_asked_about(
    probability: float, alone: Verdict, judged: Verdict
) -> None:
    one = Sentence(text="Keepers are lent lanterns.", language="en", cited=(LENDS,))
    assert check([one], Told(probability))[0].verdict is alone
    assert check([one], Told(probability), judged=True)[0].verdict is judged
    assert check([one], Told(1.0, "negation"))[0].verdict is Verdict.NOT
    wrong = one.model_copy(update={"text": "Keepers are lent 40 lanterns."})
    assert check([wrong], Told(1.0), judged=True)[0].verdict is Verdict.NOT


def test_across_languages_words_bear_nothing_out() -> None:
    said = Sentence(text="Des lanternes sont prêtées.", language="fr", cited=(LENDS,))
    assert by_words(said).verdict is Verdict.NOT
