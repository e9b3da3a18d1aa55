"""References to instruments in running text, in six languages: 'Res. 139 (Rev. Dubai, 2018)'.

A reference is what the text says, no more: body, type, number, place and year where said. Which
documents it may mean is the catalogue's business (`corpus.shelf.catalogue.Catalogue.resolve`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from corpus.documents import Frozen

# Places of the conferences that number resolutions, as the six languages write them.
# Years by body, from the edition marks in the Final Acts of PP-18 and the catalogue.
_PLACES: dict[str, tuple[str, dict[str, int]]] = {
    "Kyoto": (r"kyoto|kioto|киото|كيوتو|京都", {"pp": 1994}),
    "Minneapolis": (r"minneapolis|mineápolis|миннеаполис|مينيابوليس|明尼阿波利斯", {"pp": 1998}),
    "Marrakesh": (r"marrakesh|marrakech|марракеш|مراكش|马拉喀什", {"pp": 2002}),
    "Antalya": (r"antalya|анталия|أنطاليا|安塔利亚", {"pp": 2006}),
    "Guadalajara": (r"guadalajara|гвадалахара|غوادالاخارا|瓜达拉哈拉", {"pp": 2010}),
    "Busan": (r"busan|пусан|بوسان|釜山", {"pp": 2014}),
    "Dubai": (r"dubai|dubaï|dubái|дубай|دبي|迪拜", {"pp": 2018, "wtdc": 2014, "wtsa": 2012}),
    "Bucharest": (r"bucharest|bucarest|бухарест|بوخارست|布加勒斯特", {"pp": 2022}),
    "Valletta": (r"valletta|la valette|валлетта|فاليتا|瓦莱塔", {"wtdc": 1998}),
    "Istanbul": (r"istanbul|estambul|стамбул|إسطنبول|اسطنبول|伊斯坦布尔", {"wtdc": 2002}),
    "Doha": (r"doha|доха|الدوحة|多哈", {"wtdc": 2006, "pp": 2026}),
    "Hyderabad": (r"hyderabad|хайдарабад|حيدر آباد|حيدراباد|海得拉巴", {"wtdc": 2010}),
    "Buenos Aires": (r"buenos aires|буэнос-айрес|بوينس آيرس|布宜诺斯艾利斯", {"wtdc": 2017}),
    "Kigali": (r"kigali|кигали|كيغالي|基加利", {"wtdc": 2022}),
    "Baku": (r"baku|bakou|bakú|баку|باكو|巴库", {"wtdc": 2025}),
    "Johannesburg": (r"johannesburg|johannesbourg|йоханнесбург|约翰内斯堡", {"wtsa": 2008}),
    "Hammamet": (r"hammamet|хаммамет|الحمامات|哈马马特", {"wtsa": 2016}),
}


def _whole(form: str) -> str:
    """A place's forms as one pattern that begins at a word (Chinese has no word edges)."""
    return "|".join(f if f[0] > "\u2e80" else r"(?<!\w)" + f for f in form.split("|"))


_PLACE = re.compile(
    "|".join(f"(?P<p{n}>{_whole(form)})" for n, (form, _) in enumerate(_PLACES.values())), re.I
)

_BODIES: dict[str, str] = {
    "pp": r"(?<!\w)PP(?:[-‑ ]?(?P<pp_year>\d{2,4}))?(?![\w-])|plenipotentiary(?: conferences?)?"
    r"|conférences? de plénipotentiaires|plénipotentiaires|conferencias? de plenipotenciarios"
    r"|plenipotenciarios|(?<!\w)ПК(?:-(?P<pk_year>\d{2}))?(?!\w)|полномочн\w+ конференци\w+"
    r"|مؤتمر المندوبين المفوضين|لمؤتمر المندوبين المفوضين|全权代表大会",
    "wtdc": r"(?<!\w)WTDC(?:[-‑ ]?(?P<wtdc_year>\d{2,4}))?(?![\w])"
    r"|(?<!\w)CMDT(?:-(?P<cmdt_year>\d{2}))?"
    r"|(?<!\w)ВКРЭ(?:-(?P<vkre_year>\d{2}))?"
    r"|world telecommunication development conferences?"
    r"|conférences? mondiales? de développement des télécommunications"
    r"|conferencia mundial de desarrollo de las telecomunicaciones"
    r"|всемирн\w+ конференци\w+ по развитию электросвязи"
    r"|ل?لمؤتمر العالمي لتنمية الاتصالات|المؤتمر العالمي لتنمية الاتصالات|世界电信发展大会",
    "wtsa": r"(?<!\w)WTSA(?:[-‑ ]?(?P<wtsa_year>\d{2,4}))?(?!\w)|(?<!\w)AMNT|(?<!\w)ВАСЭ"
    r"|world telecommunication standardization assembly|世界电信标准化全会"
    r"|الجمعية العالمية لتقييس الاتصالات",
    "ra": r"(?<!\w)RA[-‑]\d{2}|radiocommunication assembly",
    "wrc": r"(?<!\w)WRC(?:[-‑ ]?\d{2,4})?(?!\w)|world radiocommunication conference",
    "council": r"(?<!\w)(?:ITU )?council\s*$|(?:of|by) (?:the )?(?:ITU )?council"
    r"|du conseil|del consejo|совета|لمجلس الاتحاد|理事会",
    "unga": r"(?:UN|United Nations) general assembly|UNGA|assemblée générale|asamblea general"
    r"|генеральн\w+ ассамбле\w+|الجمعية العامة|联大|联合国大会",
    "unsc": r"security council|conseil de sécurité|consejo de seguridad|совет\w* безопасности"
    r"|مجلس الأمن|安理会|安全理事会",
}
_BODY = re.compile("|".join(f"(?P<{body}>{form})" for body, form in _BODIES.items()), re.I)

_TYPES: dict[str, str] = {
    "res": r"(?<!\w)r[eé]s(?:olutions?|oluci(?:ón|on|ones))(?!\w)|(?<!\w)r[eé]s\.?(?= ?\d| ?n)"
    r"|(?<!\w)резолюци\w*|(?<!\w)рез\.|(?<!\w)(?:[وبلف]|ال|لل)*قرار(?:ات|ين|ان)?(?!\w)|决议",
    "dec": r"(?<!\w)d[eé]cisi(?:ons?|ón|ones)(?!\w)|(?<!\w)d[eé]c\.(?= ?\d)"
    r"|(?<!\w)решени[еяюий]м?(?!\w)"
    r"|(?<!\w)(?:[وبلف]|ال|لل)*مقرر(?:ات|ين|ان)?(?!\w)|决定",
    "rec": r"(?<!\w)recomm?[ae]nda(?:tions?|ci(?:ón|ones))(?!\w)|(?<!\w)recommandations?(?!\w)"
    r"|(?<!\w)rec\.(?= ?\d)|(?<!\w)рекомендаци\w*|(?<!\w)(?:[وبلف]|ال|لل)*توصي(?:ة|ات)(?!\w)|建议",
}
_TYPE = "|".join(f"(?P<{name}>{form})" for name, form in _TYPES.items())
# No decimal, no '70/1' (a General Assembly number), no part of a longer number or a year range.
_NUMBER = r"\d{1,4}(?![\d/]|[.,]\d|\s?/\s?\d)"
_SIGN = r"(?:\s|\bno?s?\.?\s|n[.°ºo]+s?\s*|№\s*|رقم\s*|number\s)*"
_EDITION = r"(?:\s*[(（][^()（）]{0,60}[)）])?"
_HEAD = re.compile(
    rf"(?:{_TYPE}){_SIGN}(?P<first>第?\s*{_NUMBER}\s*号?)"
    rf"|第\s*(?P<zh>{_NUMBER}(?:\s*号?\s*[、和,及与]\s*第?\s*{_NUMBER}){{0,12}})\s*号?\s*{_EDITION}\s*"
    r"(?P<zhtype>决议|决定|建议)",
    re.I,
)
_LINK = r"(?:,|،|、|;|\band\b|\bet\b|\by\b|\be\b|\bor\b|\bou\b|(?<!\w)и(?!\w)|&|和|及|و)"
_MORE = re.compile(rf"{_EDITION}(?:\s*{_LINK}\s*)+(?P<number>{_NUMBER})(?!\s*(?:%|per cent))", re.I)
_DOCUMENT = re.compile(r"(?<![\w-])(pp|wtdc|wtsa|unsc)-(res|dec|rec)-(\d{1,4})(?:@(\d{4}))?(?!\w)")
_CHINESE_TYPES = {"决议": "res", "决定": "dec", "建议": "rec"}
_BEFORE, _AFTER = 48, 70


class Reference(Frozen):
    """One mention of an instrument.

    Attributes:
        text: the words of the mention, `text[start:end]` of the NFKC form that was searched.
        body: 'pp', 'wtdc', 'wtsa', 'council', 'unga', 'unsc', ...; None when not said.
        type: 'res', 'dec' or 'rec'.
        number: as digits 0-9.
        year: of the edition, said outright or implied by the place and the body.
        place: of the edition, in English.
        documents: ids from the catalogue that it may mean, likeliest first.
    """

    text: str
    start: int
    end: int
    type: str
    number: str
    body: str | None = None
    year: int | None = None
    place: str | None = None
    documents: tuple[str, ...] = ()

    def matches(self, document: str) -> bool:
        """True if a document id such as `pp-res-205@2018` may be meant, in the catalogue or not.

        A proposal (`wtdc-res-71@2017p`) is never meant by a reference to the instrument.
        """
        found = re.fullmatch(r"([a-z]+)-(res|dec|rec)-(\d+)(?:@(\d{4}))?", document)
        return bool(
            found
            and found[2] == self.type
            and found[3] == self.number
            and self.body in (None, found[1])
            and (self.year is None or found[4] in (None, str(self.year)))
        )


def find_references(text: str) -> list[Reference]:
    """Every mention of a numbered instrument in `text`, in order; lists give one each.

    United Nations numbers with a slash (70/1) are no numbered instrument of ITU and are left out.
    """
    folded = unicodedata.normalize("NFKC", text)
    found: list[Reference] = [
        Reference(
            text=m[0],
            start=m.start(),
            end=m.end(),
            body=m[1],
            type=m[2],
            number=m[3],
            year=int(m[4]) if m[4] else None,
        )
        for m in _DOCUMENT.finditer(folded)
    ]
    for head in _HEAD.finditer(folded):
        found.extend(_mentions(folded, head))
    unique = {(r.start, r.number): r for r in found}
    return sorted(unique.values(), key=lambda r: (r.start, r.end))


def places_in(text: str) -> list[str]:
    """English names of the conference cities that `text` says, in order, each once."""
    names = list(_PLACES)
    folded = unicodedata.normalize("NFKC", text)
    found = [
        next(name for n, name in enumerate(names) if match[f"p{n}"])
        for match in _PLACE.finditer(folded)
    ]
    return list(dict.fromkeys(found))


def bodies_in(text: str) -> list[str]:
    """Bodies that `text` names ('pp', 'wtdc', ...), in order, each once."""
    folded = unicodedata.normalize("NFKC", text)
    found = [next(b for b in _BODIES if match[b]) for match in _BODY.finditer(folded)]
    return list(dict.fromkeys(found))


def without_bodies(text: str) -> str:
    """`text` without names of bodies and conference cities, for what is left to tell."""
    rest = _PLACE.sub(" ", _BODY.sub(" ", unicodedata.normalize("NFKC", text)))
    return " ".join(rest.split())


def _mentions(text: str, head: re.Match[str]) -> Iterator[Reference]:
    """The numbers a head governs: one, or a list ('Resolutions 71, 130 and 139')."""
    if head["zh"]:
        kind = _CHINESE_TYPES[head["zhtype"]]
        begins, ends = head.span("zh")
        spans = [m.span() for m in re.compile(r"\d+").finditer(text, begins, ends)]
        end = head.end()
    else:
        kind = next(name for name in _TYPES if head[name])
        digits = re.search(r"\d+", head["first"])
        assert digits is not None
        start = head.start("first")
        spans = [(start + digits.start(), start + digits.end())]
        end = head.end()
        # A list goes on only after a plural or after an edition in brackets, never past a sentence.
        plural = re.search(r"(?:s|es|ات|ين|ان|ии|ия|ям|ях|й)\W*$", head[kind], re.I) is not None
        while more := _MORE.match(text, end):
            if _governs(text, more) or not (plural or ")" in more[0]):
                break
            spans.append(more.span("number"))
            end = more.end()
    for index, (start, stop) in enumerate(spans):
        following = spans[index + 1][0] if index + 1 < len(spans) else len(text)
        tail_end = min(stop + _AFTER, following, len(text))
        body, year, place = _edition(
            text, head.start(), stop, tail_end, last=index + 1 == len(spans)
        )
        if body is None and len(spans) > 1:
            body = _edition(text, head.start(), spans[-1][1], spans[-1][1] + _AFTER, last=True)[0]
        begin = head.start() if index == 0 else start
        close = max(stop, head.end()) if head["zh"] else stop
        yield Reference(
            text=text[begin:close],
            start=begin,
            end=close,
            type=kind,
            number=str(int(text[start:stop])),
            body=body,
            year=year,
            place=place,
        )


def _governs(text: str, more: re.Match[str]) -> bool:
    """True if the next number is a year or counts something else, so the list has ended."""
    number = int(more["number"])
    return 1980 <= number <= 2100 or bool(
        re.match(
            r"\s*(?:Member States|countries|members|pays|países|стран|دول|国)", text[more.end() :]
        )
    )


def _edition(
    text: str, start: int, stop: int, tail_end: int, last: bool
) -> tuple[str | None, int | None, str | None]:
    """Body, year and place said around a mention: '(Rev. Dubai, 2018)', 'WTDC-17', 'Dubai 2018'."""
    tail = re.split(
        r"[.;?!。؟](?:\s|$)(?<!Rev\. )(?<!г\. )(?<!Пересм\. )(?<!Rév\. )", text[stop:tail_end]
    )[0]
    other = re.search(_TYPE, tail, re.I)
    if other and not re.match(r"\s*(?:[(（][^()（）]*[)）])?\s*(?:号|\s)*$", tail[: other.start()]):
        tail = tail[: other.start()]
    bracket = re.match(r"\s*号?\s*[(（]([^()（）]*)[)）]", tail)
    before = re.split(r"[.;?!。]\s", text[max(0, start - _BEFORE) : start])[-1]
    body, year = _body(before, tail)
    place = None
    for zone in ([bracket[1]] if bracket else [tail[:40]]) + (
        [before[-24:]] if not bracket else []
    ):
        if named := _PLACE.search(zone):
            place = list(_PLACES)[next(n for n in range(len(_PLACES)) if named[f"p{n}"])]
            break
    stated = re.search(r"(?<!\d)((?:19|20)\d\d)(?!\d)", bracket[1] if bracket else tail[:26])
    said = re.search(
        r"(?<!\d)((?:19|20)\d\d)\s+\w+\s+(?:of|to)\s+(?:\w+\s+){0,2}$|((?:19|20)\d\d)年\D{0,12}$",
        before,
        re.I,
    )
    if stated or said:
        year = int(next(group for group in (stated or said).groups() if group))  # type: ignore[union-attr]
    if place:
        years = _PLACES[place][1]
        if year is not None and year in years.values():
            body = next(b for b, y in years.items() if y == year)
        elif body is None and len(years) == 1:
            body = next(iter(years))
        if year is None and body is not None:
            year = years.get(body)
    return body, year, place


def _body(before: str, tail: str) -> tuple[str | None, int | None]:
    """The body named next to the mention: before it if near, else after it."""
    following = _BODY.search(tail)
    nearest: re.Match[str] | None = None
    for named in _BODY.finditer(before):
        nearest = named
    if nearest is not None:
        gap = before[nearest.end() :]
        owned = re.search(r"\b(?:of|by|de|du)(?: the| la)?\s*$", before[: nearest.start()], re.I)
        close_after = following is not None and following.start() < 24
        if (
            len(gap) > 16
            or (owned and ("," in gap or close_after))
            or re.search(_LINK.replace(",|", ""), gap, re.I)
        ):
            nearest = None  # it belongs to another mention
    mention = nearest or following
    if mention is None:
        return None, None
    body = next(name for name in _BODIES if mention[name])
    digits = next((v for k, v in mention.groupdict().items() if k.endswith("_year") and v), None)
    if digits is None:
        return body, None
    return body, int(digits) if len(digits) == 4 else (1900 if int(digits) > 80 else 2000) + int(
        digits
    )
