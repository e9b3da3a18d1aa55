"""Provisions of treaties named in running text: 'No. 118 of the Constitution', 'article 4 de la
Charte', 'CS art. 1, No. 3'. What the text says, no more: the work, the article, the number."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus.documents import Frozen
from corpus.grammar.labels import INSERTED, inserted_name
from corpus.grammar.outlines import heading_number

_WORKS = {
    "un-charter": r"(?:UN |united nations )?charter(?: of the united nations)?"
    r"|charte(?: des nations unies)?|carta(?: de las naciones unidas)?"
    r"|устав\w* (?:оон|организации объедин[её]нных наций)"
    r"|(?:ال)?ميثاق(?: الأمم المتحدة)?|(?:联合国)?宪章",
    "itu-constitution": r"(?:ITU )?constitution(?: (?:of the|de l['’])\s?[\w ]+?union[\w ]*)?(?!\w)"
    r"|CS(?!\w)|constituci[oó]n(?!\w)|устав\w* (?:мсэ|союза|международного союза электросвязи)"
    r"|(?:ال)?دستور(?: الاتحاد)?|组织法",
    "itu-convention": r"(?:ITU )?convention(?! on)(?!\w)|CV(?!\w)|convenio(?!\w)|конвенци\w+"
    r"|اتفاقية الاتحاد|(?:国际电信联盟)?公约",
    "tampere-convention": r"tampere convention|convention (?:de|of) tampere|convenio de tampere"
    r"|конвенци\w+ тампере|اتفاقية تامبيري|坦佩雷公约",
    "itu-general-rules": r"general rules(?: of conferences[\w, ]*?union)?(?!\w)"
    r"|r[èe]gles g[ée]n[ée]rales(?!\w)|reglamento general(?!\w)|общ\w+ регламент\w*",
    "itu-itr": r"ITRs?(?!\w)|international telecommunications? regulations"
    r"|r[èe]glement des t[ée]l[ée]communications internationales"
    r"|reglamento de las telecomunicaciones internacionales",
}
_WORK = "|".join(
    f"(?P<w{n}>(?<!\\w)(?:{form}))" for n, form in enumerate(reversed(list(_WORKS.values())))
)
_NAMES = list(reversed(list(_WORKS)))
_ARTICLE = (
    r"(?P<article>(?:(?<!\w)(?:art[ií]culos?|articles?|art\.?|стать\w+|ст\.|(?:ال|لل)?مادة)\s*\d{1,3}"
    r"(?:[A-Z](?!\w)|\s?[-(]?(?:bis|ter|quater)\)?)?|第\s*[\d零一二三四五六七八九十百]{1,5}\s*条))"
)
_NUMBER = (
    r"(?P<number>(?<!\w)(?:nos?\.|n[°ºo]s?\.?|n[úu]m\.?|№|пункт\w*|п\.|رقم|第)\s*"
    rf"\d{{1,4}}[A-Z]{{0,3}}(?:\s?[-(]?(?:{INSERTED})\)?)?(?!\w)(?:\s?款)?)"
)
_LINK = (
    r"[\s,،]*(?:(?:of|in|under|to|de|du|del|dans|en|от|из|من)\s)?[\s,]*"
    r"(?:(?:the|la|le|l['’]|el)\s?)?"
)
_PART = rf"(?:{_ARTICLE}(?:[\s,]*{_NUMBER})?|{_NUMBER.replace('?P<number>', '?P<alone>')})"
_AFTER = re.compile(rf"{_PART}{_LINK}(?:{_WORK})", re.I)
_BEFORE = re.compile(rf"(?:{_WORK})\s*(?:\([^()]*\))?\s*[,:]?\s*(?:的)?{_PART}", re.I)


class Provision(Frozen):
    """One provision that a text names.

    Attributes:
        text: the words of the mention.
        work: name of the work (`corpus.grammar.works`), as it begins the ids of its editions.
        article: slug of the article, 'article-2-bis'; None where only a number is said.
        number: label of a provision, '118', '51a'; None where only an article is said.
    """

    text: str
    work: str
    article: str | None = None
    number: str | None = None

    def edition_of(self, document: str) -> bool:
        """Whether a document id is an edition of the work."""
        return document.partition("@")[0] == self.work

    def names(self, address: str) -> bool:
        """Whether an address, of an edition of the work, is the provision or stands in it."""
        section, _, label = address.partition("#")[2].partition(".")
        if self.article is not None and section != self.article:
            return False
        return self.number is None or label == self.number


def find_provisions(text: str) -> list[Provision]:
    """Every provision of a known treaty that `text` names, in order."""
    found: dict[int, Provision] = {}
    for pattern in (_AFTER, _BEFORE):
        for match in pattern.finditer(" ".join(text.split())):
            work = next(name for n, name in enumerate(_NAMES) if match[f"w{n}"])
            number = _LABEL.search(match["number"] or match["alone"] or "")
            article = _slug(match["article"]) if match["article"] else None
            found.setdefault(
                match.start(),
                Provision(
                    text=match[0],
                    work=work,
                    article=article,
                    number=_label(number) if number else None,
                ),
            )
    return [found[start] for start in sorted(found)]


def editions_named(provisions: Iterable[Provision], held: Iterable[str]) -> frozenset[str]:
    """Of the documents held, the newest edition of each work that is named."""
    ids = list(held)
    named = set()
    for provision in provisions:
        matching = [document for document in ids if provision.edition_of(document)]
        if matching:
            named.add(max(matching, key=lambda document: document.rpartition("@")[2]))
    return frozenset(named)


_LABEL = re.compile(rf"(\d+)(?:\W*({INSERTED})(?!\w)|([A-Z]*))", re.I)


def _label(number: re.Match[str]) -> str:
    if number[2]:
        return f"{number[1]}-{inserted_name(number[2])}"
    return f"{number[1]}{(number[3] or '').casefold()}"


_WORD = re.compile(r"^(?:art[ií]culos?|articles?|art\.?|стать\w+|ст\.|(?:ال|لل)?مادة)\s*", re.I)


def _slug(article: str) -> str | None:
    number = heading_number(_WORD.sub("Article ", article))
    return number.path[0] if number is not None and number.style == "article" else None
