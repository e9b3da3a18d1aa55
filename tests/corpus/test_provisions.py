"""Provisions as people name them, in six languages, and the documents that hold them."""

from __future__ import annotations

import pytest

from corpus.grammar.provisions import editions_named, find_provisions
from corpus.shelf.catalogue import Catalogue


@pytest.mark.parametrize(
    ("text", "work", "article", "number"),
    [
        ("under No. 118 of the Constitution", "itu-constitution", None, "118"),
        ("No. 51A of the ITU Convention", "itu-convention", None, "51a"),
        ("CS art. 1, No. 3", "itu-constitution", "article-1", "3"),
        ("What does Article 17 of the UN Charter say?", "un-charter", "article-17", None),
        ("Que dit l'article 4 de la Charte des Nations Unies ?", "un-charter", "article-4", None),
        ("¿Qué dice el artículo 4 de la Carta de las Naciones Unidas?", "un-charter", "article-4", None),
        ("Что говорит статья 4 Устава ООН?", "un-charter", "article-4", None),
        ("ماذا تقول المادة 4 من ميثاق الأمم المتحدة؟", "un-charter", "article-4", None),
        ("ماذا تنص المادة 4 من الميثاق؟", "un-charter", "article-4", None),
        ("رقم 118 من الدستور", "itu-constitution", None, "118"),
        ("联合国宪章第四条说什么？", "un-charter", "article-4", None),
        ("art. 2 bis of the Convention", "itu-convention", "article-2-bis", None),
        ("No. 34 of the ITRs", "itu-itr", None, "34"),
        ("No. 63 of the General Rules", "itu-general-rules", None, "63"),
        ("No. 191bis of the ITU Convention", "itu-convention", None, "191-bis"),
        ("CV No. 296 ter", "itu-convention", None, "296-ter"),
        ("Article 3 of the Tampere Convention", "tampere-convention", "article-3", None),
    ],
)  # fmt: skip
def test_a_provision_is_told_from_its_mention(
    text: str, work: str, article: str | None, number: str | None
) -> None:
    (found,) = find_provisions(text)
    assert (found.work, found.article, found.number) == (work, article, number)


@pytest.mark.parametrize(
    "text", ["the constitution of hubs", "Resolution 118 on the Constitution", "No. 4 of the list"]
)
def test_what_names_no_provision(text: str) -> None:
    assert find_provisions(text) == []


def test_a_provision_is_found_among_addresses() -> None:
    (found,) = find_provisions("No. 118 of the Constitution")
    held = ["itu-constitution@2002", "itu-constitution@2006", "itu-convention@2006"]
    assert editions_named([found], held) == {"itu-constitution@2006"}
    assert found.names("itu-constitution@2006#article-21.118")
    assert not found.names("itu-constitution@2006#article-21.119")
    (article,) = find_provisions("Article 4 of the Charter")
    assert article.names("un-charter@1945#article-4")
    assert not article.names("un-charter@1945#article-41")


def test_the_basic_texts_are_in_the_catalogue() -> None:
    catalogue = Catalogue.load()
    for id in (
        "itu-constitution@2006", "itu-convention@2006", "itu-itr@1988", "tampere-convention@1998",
        "itu-general-rules", "itu-optional-protocol", "wtsa-res-1@2016", "itu-d-rec-19",
    ):  # fmt: skip
        entry = catalogue.get(id)
        assert entry is not None
        assert entry.evidence
