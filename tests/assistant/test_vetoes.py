"""Exact things, in six languages: a sentence that says another one is refused, a true one is
not."""

from __future__ import annotations

import pytest

from assistant.grounding.bodies import bodies
from assistant.grounding.clause import Cited
from assistant.grounding.exact import refers_back, said
from assistant.grounding.vetoes import vetoes

REPORT = Cited(
    address="pp-res-900@2030#instructs-the-secretary-general.1",
    document="pp-res-900@2030",
    heading="instructs the Secretary-General",
    text="to submit to the Council, each year by 15 March, a report on the lamps kept for up to "
    "five years in developing countries and for up to fifteen years in least developed countries",
    title="Resolution 900 (Tallinn, 2030), Lamps (Tallinn, 2030)",
)
INVITED = Cited(
    address="pp-res-900@2030#invites-member-states.a",
    document="pp-res-900@2030",
    heading="invites Member States",
    text="to consider lending boats to libraries, upon request",
    title="Resolution 900 (Tallinn, 2030), Lamps (Tallinn, 2030)",
)
RULED = Cited(
    address="pp-res-900@2030#resolves.1",
    document="pp-res-900@2030",
    heading="resolves",
    text="that the names of readers shall not be published",
    title="Resolution 900 (Tallinn, 2030), Lamps (Tallinn, 2030)",
)

TRUE = (
    ("en", "The Secretary-General reports to the Council every year by 15 March.", REPORT),
    ("en", "In least developed countries lamps are kept for up to fifteen years.", REPORT),
    ("fr", "Le Secrétaire général soumet un rapport annuel au Conseil, le 15 mars au plus tard.", REPORT),
    ("es", "El Secretario General presenta cada año un informe al Consejo.", REPORT),
    ("ru", "Генеральному секретарю поручается ежегодно представлять отчёт Совету.", REPORT),
    ("ar", "يقدم الأمين العام تقريراً سنوياً إلى المجلس.", REPORT),
    ("zh", "责成秘书长每年向理事会提交报告。", REPORT),
    ("fr", "Les États Membres sont invités à envisager de prêter des bateaux.", INVITED),
    ("zh", "请成员国考虑向图书馆出借船只。", INVITED),
    ("ru", "Имена читателей не должны публиковаться.", RULED),
    ("en", "Resolution 900 did not open the lists but kept the names of readers from print.", RULED),
)  # fmt: skip
FALSE = (
    ("en", "number", "In developing countries lamps are kept for up to fifteen years.", REPORT),
    ("en", "number", "The Secretary-General reports to the Council every year by 15 April.", REPORT),
    ("ru", "number", "В развивающихся странах лампы хранятся до десяти лет.", REPORT),
    ("zh", "number", "秘书长在3月20日前向理事会提交报告。", REPORT),
    ("en", "frequency", "The Secretary-General reports to the Council every two years.", REPORT),
    ("es", "frequency", "El Secretario General presenta cada dos años un informe al Consejo.", REPORT),
    ("ar", "frequency", "يقدم الأمين العام تقريراً شهرياً إلى المجلس.", REPORT),
    ("en", "addressee", "The Director of TSB submits a report to the Council each year.", REPORT),
    ("fr", "addressee", "Le Conseil soumet chaque année un rapport.", REPORT),
    ("zh", "addressee", "电信发展局主任每年向理事会提交报告。", REPORT),
    ("en", "addressee", "The Secretary-General reports each year to the UN General Assembly.", REPORT),
    ("en", "edition", "Resolution 901 asks for a report to the Council each year.", REPORT),
    ("en", "edition", "Resolution 900 (Busan, 2014) asks for a report each year.", REPORT),
    ("en", "strength", "Member States shall lend boats to libraries.", INVITED),
    ("fr", "strength", "Les États Membres sont tenus de prêter des bateaux.", INVITED),
    ("ru", "strength", "Государства-Члены обязаны предоставлять лодки.", INVITED),
    ("zh", "strength", "成员国必须出借船只。", INVITED),
    ("en", "negation", "Boats are not to be lent to libraries.", INVITED),
    ("es", "negation", "No se invita a los Estados Miembros a prestar barcos.", INVITED),
    ("en", "scope", "Only Member States are invited to lend boats.", INVITED),
)  # fmt: skip


@pytest.mark.parametrize(("language", "text", "clause"), TRUE)
def test_a_true_sentence_breaks_no_rule(language: str, text: str, clause: Cited) -> None:
    assert vetoes(text, language, [clause]) == []


@pytest.mark.parametrize(("language", "kind", "text", "clause"), FALSE)
def test_a_false_one_is_refused_by_the_rule_it_breaks(
    language: str, kind: str, text: str, clause: Cited
) -> None:
    assert kind in {veto.kind for veto in vetoes(text, language, [clause])}


def test_exact_things_have_one_form_in_each_language() -> None:
    for language, text in (
        ("en", "twice a year, for fifteen years, 30 per cent"),
        ("fr", "deux fois par an, pendant quinze ans, 30 pour cent"),
        ("es", "dos veces al año, durante quince años, 30 por ciento"),
        ("ru", "дважды в год, пятнадцать лет, 30 процентов"),
        ("ar", "مرتين في السنة، خمس عشرة سنة، 30 في المائة"),
        ("zh", "每年两次,十五年,百分之三十"),
    ):
        found = said(text, language)
        assert "half-year" in found.often, language
        assert {("15", "year"), ("30", "%")} <= {(c.value, c.unit) for c in found.counts}, language


def test_the_longest_name_counts() -> None:
    assert bodies("the Secretary-General of the United Nations") == ("un-secretary-general",)
    assert bodies("le Groupe consultatif d'États Membres") == ("advisory-states",)
    assert bodies("经社理事会和理事会") == ("ecosoc", "council")


def test_a_sentence_that_points_back_is_known_as_one() -> None:
    assert refers_back("It reports every year.", "en")
    assert refers_back("Они представляют отчёт.", "ru")
    assert not refers_back("Italy reports every year.", "en")
    assert not refers_back("Il incombe au Conseil de faire rapport.", "fr")


@pytest.mark.parametrize(
    ("said", "language", "kind"),
    [
        ("Islands get boats whether or not they ask for them.", "en", "condition"),
        ("Les îles reçoivent des bateaux même sans demande.", "fr", "condition"),
        ("无论岛屿是否请求,都借给船只。", "zh", "condition"),
        ("Острова получают лодки независимо от просьбы.", "ru", "condition"),
        ("Islands get boats because they ask for them.", "en", "cause"),
        ("Las islas reciben barcas porque las piden.", "es", "cause"),
    ],
)
def test_a_condition_taken_back_and_a_reason_made_up_are_refused(
    said: str, language: str, kind: str
) -> None:
    clause = Cited(address="a#b", document="pp-res-9@2030", heading="resolves",
                   text="that boats be lent to islands, upon request")  # fmt: skip
    assert kind in {one.kind for one in vetoes(said, language, [clause])}
    so = clause.model_copy(update={"text": "that boats be lent, even without a request, so that"})
    assert kind not in {one.kind for one in vetoes(said, language, [so])}


def test_a_report_goes_to_whom_the_clause_names() -> None:
    clause = Cited(address="a#b", document="pp-res-9@2030", heading="instructs the Secretary-General",
                   text="to submit to the Council an annual report on boats")  # fmt: skip
    right = "The Secretary-General submits an annual report to the Council."
    wrong = "The Secretary-General submits an annual report to TDAG."
    assert not vetoes(right, "en", [clause])
    assert "recipient" in {one.kind for one in vetoes(wrong, "en", [clause])}


def test_weeks_are_days_and_per_cent_is_no_hundred() -> None:
    clause = Cited(address="a#b", document="pp-res-9@2030", heading="resolves",
                   text="that 3 per cent be spent within 21 days")  # fmt: skip
    assert not vetoes(
        "Il est décidé que 3 pour cent sont dépensés en trois semaines.", "fr", [clause]
    )
    assert vetoes("Il est décidé que 3 pour cent sont dépensés en deux semaines.", "fr", [clause])
