"""Wrong letters are noticed, right ones are left alone, in every script."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.documents import Clause, Document, DocumentKind, Edition, Section, SectionKind
from corpus.errors import GarbledText
from corpus.reading.garbled import REASONS, judge_document, what_is_wrong

ENGLISH = (
    "The ministry keeps a register of young companies and visits each of them once in two years. "
    "What it learns goes to the regulator, who decides whether the rules still serve them. "
) * 4
RUSSIAN = (
    "Министерство ведёт реестр молодых компаний и посещает каждую из них раз в два года. "
    "Полученные сведения передаются регулятору, который решает, нужны ли новые правила. "
) * 4
ARABIC = (
    "تحتفظ الوزارة بسجل للشركات الناشئة وتزور كل شركة منها مرة كل سنتين بحضور ممثل عن البلدية. "
    "ثم تحال النتائج إلى الهيئة التي تقرر ما إذا كانت القواعد مناسبة بعد ذلك وتنشر قرارها للجميع. "
) * 8
# Two hundred different words of sound shape, a fifth of them with the preposition bi- before them.
LONG_ARABIC = " ".join(
    prefix + stem + ending
    for stem in ("عمل", "علم", "كتاب", "نظام", "مكان", "سؤال", "جواب", "قرار")
    for ending in ("", "ات", "ين", "ها", "نا")
    for prefix in ("", "ال", "بال", "وال", "لل")
)
CHINESE = (
    "主管部门登记新成立的企业，每两年走访一次，并把所了解的情况告诉监管机构，由其决定规则。" * 4
)


@pytest.mark.parametrize("text", [ENGLISH, RUSSIAN, ARABIC, CHINESE, "Form 24", ""])
def test_sound_text_passes(text: str) -> None:
    assert what_is_wrong(text) is None


def _shifted(text: str) -> str:
    """As a font without a map decodes: each letter some places on."""
    return "".join(
        chr((ord(c) - 97 + 11) % 26 + 97) if "a" <= c <= "z" else c for c in text.lower()
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (_shifted(ENGLISH), "pairs"),
        ("".join(reversed(RUSSIAN.translate(str.maketrans("аеоин", "щфъцх")))), "pairs"),
        (RUSSIAN.encode().decode("latin-1"), "mojibake"),
        ("".join(chr(0xF000 + ord(c) % 90) for c in ENGLISH[:200]), "odd"),
        ("(cid:12)(cid:33)(cid:7)" * 20, "codes"),
        (ARABIC.replace("كة", "كننة").replace("رة", "رننة").replace("ئج", "ئننج"), "doubled"),
        (LONG_ARABIC.replace(" ب", " و"), "lost"),
        (CHINESE + "咿圜黜餮笈鼹瞍蕈饔镞" * 6, "han"),
    ],
)
def test_wrong_letters_are_named(text: str, reason: str) -> None:
    assert what_is_wrong(text) == reason
    assert reason in REASONS


def test_a_garbled_document_is_refused_with_advice() -> None:
    section = Section(
        slug="1",
        heading="1",
        kind=SectionKind.BODY,
        clauses=(Clause(label=None, text=_shifted(ENGLISH)),),
    )
    document = Document(
        id="x", title="x", kind=DocumentKind.REPORT, edition=Edition(), sections=(section,)
    )
    with pytest.raises(GarbledText, match="OCR"):
        judge_document(document)


def test_official_texts_are_never_called_garbled(shared: Path) -> None:
    for path in sorted((shared / "real" / "udhr").glob("*.txt")):
        assert what_is_wrong(path.read_text(encoding="utf-8")) is None, path.name
