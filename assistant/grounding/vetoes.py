"""Where a rule is surer than a model: a sentence that breaks one of these is not borne out.

Each speaks of an exact thing and compares forms, not words: a number, how often, a month, an
edition, who is told, who is reported to, how strongly, a negation, a condition. The clause is in
any language held, the sentence in any of the six.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from babel import Locale

from assistant.grounding import bodies
from assistant.grounding.clause import Cited
from assistant.grounding.exact import OFTEN, Count, Said, plain, said, same, words
from corpus.language.references import find_references


@dataclass(frozen=True)
class Veto:
    """A rule broken: `kind` in a word, for tables; `reason` in words a reader understands."""

    kind: str
    reason: str


def vetoes(text: str, language: str, cited: Sequence[Cited]) -> list[Veto]:
    """The rules that `text` breaks against the clauses it cites, taken together.

    Of a sentence that corrects ("did not waive the fees but lowered them") the part behind the
    turn is held to the rules; what it denies stands in no clause.

    Args:
        text: one sentence, in `language`.
        cited: its clauses; at least one.
    """
    ours = said(text, language)
    if ours.corrects:
        text = affirmed(text, ours, language)
        ours = said(text, language)
    heard = [said(f"{c.heading}: {c.text}", c.language) for c in cited]
    found = [
        *_numbers(ours, heard, cited),
        *_groups(text, ours, heard, cited),
        *_often(ours, heard),
        *_editions(text, cited),
        *_who(text, ours, heard, cited),
        *_strength(ours, heard, cited),
        *_negation(ours, heard),
        *_scope(ours, heard),
        *_cause(ours, heard),
        *_waived(ours, heard),
        *_recipient(text, ours, heard, cited),
    ]
    return list(dict.fromkeys(found))


def affirmed(text: str, ours: Said, language: str) -> str:
    """What a correction says is so: the plain form of what follows its turn."""
    held = words(language)
    turn = held.but.search(ours.text, ours.negations[0]) if held and ours.negations else None
    rest = ours.text[turn.end() :] if turn else ""
    return rest if len(rest) > len(ours.text) // 4 else text


# --- numbers ---------------------------------------------------------------------------------


def _numbers(ours: Said, heard: Sequence[Said], cited: Sequence[Cited]) -> Iterator[Veto]:
    """Every number is the clause's, with its unit; the instrument's own name it alone."""
    there = {value for one in heard for value in one.values}
    units = {pair for one in heard for c in one.counts for pair in ((c.value, c.unit), *same(c))}
    named = {value for c in cited for value in _own_numbers(c)}
    known = {one for c in cited for one in _instruments(c)}
    spans = [
        (match.start, match.end)
        for match in find_references(ours.text)
        if (match.type, match.number) in known
    ]
    several = len({name.body for c in cited for name in bodies.named(c.heard)})
    for count in ours.counts:
        if count.loose or (several >= 2 and _counts_bodies(count, ours.text)):
            continue
        if count.value in there:
            if count.unit and not _same_unit(count.value, count.unit, units):
                yield Veto("number", f"{count.value} counts something else in the clause")
            continue
        inside = any(start <= count.start < end + 40 for start, end in spans)
        if count.value in named and (inside or len(count.value) == 4):
            continue
        if not inside or count.value not in named:
            yield Veto("number", f"the number {count.value} is not in the clause")
    months = {month for one in heard for month in one.months}
    for month in sorted(ours.months - months):
        named_so = Locale("en").months["format"]["wide"][month]
        yield Veto("number", f"{named_so} is not in the clause")


def _same_unit(value: str, unit: str, units: set[tuple[str, str]]) -> bool:
    """Whether the clause counts the same by this number, or does not say what it counts."""
    there = {other for known, other in units if known == value}
    exact = unit in ("year", "month", "week", "day", "%")
    return unit in there or not exact or there == {"span"}


def _own_numbers(clause: Cited) -> frozenset[str]:
    """Numbers that name the clause itself: of its instrument, edition and label."""
    name = f"{clause.document} {clause.title} {clause.address.partition('#')[2]}"
    return said(re.sub(r"[@\-.]", " ", name), "en").values


def _counts_bodies(count: Count, text: str) -> bool:
    """Whether 'two' or 'three' only sums up bodies that the clause names one by one."""
    if count.unit or count.value not in ("2", "3"):
        return False
    return any(
        count.end <= name.start <= count.end + 6 or name.end <= count.start <= name.end + 3
        for name in bodies.named(text)
    ) or bool(_DIRECTORS.match(text, count.end))


_DIRECTORS = re.compile(
    r" ?(?:位|名|个)?(?:局)?(?:主任|directeurs|directors|directores|директор\w*)"
)


def _instruments(clause: Cited) -> Iterator[tuple[str, str]]:
    """(type, number) of a clause's own instrument and of those it names."""
    if own := re.match(r"[a-z]+-(res|dec|rec)-(\d+)", clause.document):
        yield own[1], own[2]
    for one in find_references(f"{clause.heading} {clause.text} {clause.title}"):
        yield one.type, one.number


def _often(ours: Said, heard: Sequence[Said]) -> Iterator[Veto]:
    there = {how for one in heard for how in one.often}
    years = {count.value for one in heard for count in one.counts if count.unit == "year"}
    for how in sorted(ours.often - there):
        if how == "session" or (how[:1].isdigit() and how[0] in years):
            continue
        yield Veto("frequency", f"how often ({how}) is not in the clause")


def _groups(text: str, ours: Said, heard: Sequence[Said], cited: Sequence[Cited]) -> Iterator[Veto]:
    """A number, a year or a frequency goes with the group that it has in the clause."""
    mine = _pairs(ours, bodies.named(text))
    theirs = [
        pair
        for one, clause in zip(heard, cited, strict=True)
        for pair in _pairs(one, bodies.named(f"{clause.heading}: {clause.text}"))
    ]
    told = bodies.widened(b for c in cited for b in bodies.bodies(_before_with(c.heading)))
    for value, unit, group in mine:
        if unit == OFTEN and group in told:
            continue  # who reports each year, not whom to
        of_group = {v for v, u, g in theirs if u == unit and g == group}
        of_value = {g for v, u, g in theirs if u == unit and v == value}
        if of_group and of_value and value not in of_group:
            kind = "frequency" if unit == OFTEN else "number"
            yield Veto(kind, f"{value} goes with {', '.join(sorted(of_value))}, not {group}")


_APART = re.compile(r"[.;•؛。；]|target \d")
_JOINED = re.compile(r"[,،、]|\b(?:and|et|y|e|и|а|while|whereas|as)\b|(?<!\w)و|和|及|而")
_CLOSE = 70
_LIST = 12
"""Characters between two groups of one list: 'for Sector Members and Associates'."""


def _pairs(one: Said, names: Sequence[bodies.Named]) -> set[tuple[str, str, str]]:
    """(value, unit, group) of numbers and the group each goes with.

    It is the one right behind the number ('five years for developing countries'), or else the one
    before it, up to another number of the kind.
    """
    counts = [(_kind(c), c) for c in (*one.counts, *one.times) if not c.loose and _kind(c)]
    found: set[tuple[str, str, str]] = set()
    for kind, count in counts:
        others = [c for other, c in counts if other == kind and c is not count]
        behind, before = [], []
        for name in names:
            start, end = min(count.end, name.end), max(count.start, name.start)
            between = one.text[start:end] if start < end else ""
            if len(between) > _CLOSE or _APART.search(between):
                continue
            if any(start <= other.start < end for other in others):
                continue
            if name.start >= count.end and not _JOINED.search(between):
                behind.append(name)
            elif name.end <= count.start:
                before.append(name)
        goes_with = behind[:1] or before[-1:]
        for name in goes_with:
            found |= {(count.value, kind, body) for body in _listed(name, names)}
    return found


def _kind(count: Count) -> str:
    """What a number counts; a calendar year is its own kind, a bare number none."""
    if count.unit == "span":
        return ""
    if len(count.value) == 4 and count.value[:2] in ("19", "20") and count.unit in ("", "date"):
        return "date"
    return count.unit


def _listed(name: bodies.Named, names: Sequence[bodies.Named]) -> set[str]:
    """A group and those listed with it."""
    place = names.index(name)
    found = {name.body}
    for step in (1, -1):
        at, last = place + step, name
        while 0 <= at < len(names):
            other = names[at]
            gap = other.start - last.end if step > 0 else last.start - other.end
            if gap > _LIST:
                break
            found.add(other.body)
            at, last = at + step, other
    return found


# --- editions --------------------------------------------------------------------------------


_BRACKET = re.compile(r"\s*号?(?:决议)?\s*[(（]([^()（）]{0,60})[)）]")
_YEAR = re.compile(r"(?:19|20)\d\d")


def _editions(text: str, cited: Sequence[Cited]) -> Iterator[Veto]:
    """An instrument named is one that is cited or that a clause names, with a year it has there."""
    there: dict[tuple[str, str], set[str]] = {}
    for clause in cited:
        if own := re.match(r"[a-z]+-(res|dec|rec)-(\d+)(?:@(\d{4}))?", clause.document):
            there.setdefault((own[1], own[2]), set()).add(own[3] or "")
        heard = plain(f"{clause.heading} {clause.text} {clause.title}")
        for one in find_references(heard):
            there.setdefault((one.type, one.number), set()).update(_years(heard, one.end))
    known = plain(text)
    for named in find_references(known):
        years = there.get((named.type, named.number))
        if years is None:
            yield Veto("edition", f"{named.text} is not in the clause")
        elif (ours := _years(known, named.end)) and years - {""} and not ours & years:
            yield Veto("edition", f"{named.text} is of {', '.join(sorted(years))} in the clause")


def _years(text: str, end: int) -> set[str]:
    """Years in the brackets behind an instrument's name."""
    bracket = _BRACKET.match(text, end)
    return set(_YEAR.findall(bracket[1])) if bracket else set()


# --- who -------------------------------------------------------------------------------------


def _who(text: str, ours: Said, heard: Sequence[Said], cited: Sequence[Cited]) -> Iterator[Veto]:
    """Nobody is told, or reported to, whom the clauses do not name; who comes first is told."""
    together = bodies.bodies(" ".join(f"{c.heading} {c.text} {c.title}" for c in cited))
    there = bodies.widened(together)
    names = bodies.named(text)
    for place, name in enumerate(names):
        if name.body in bodies.ADDRESSED and name.body not in there and not _part(name.body, there):
            if name.body == "plenipotentiary" and (not place or not _reported_to(ours, name)):
                continue  # who speaks in every clause
            yield Veto("addressee", f"the clause does not speak of: {name.body}")
    told = [bodies.bodies(_before_with(c.heading)) for c in cited]
    first = _subject(names, ours.text)
    if first is None or first in _counted(names, ours, heard, cited):
        return
    if not all(told):
        told = [_acting(c) for c in cited]
        if not all(told):
            return
    addressed = bodies.widened(body for some in told for body in some)
    if (
        first not in addressed
        and not _part(first, addressed)
        and not any(_acts(first, c) for c in cited)
    ):
        yield Veto("addressee", f"another is told than: {', '.join(sorted(addressed))}")


def _counted(
    names: Sequence[bodies.Named], ours: Said, heard: Sequence[Said], cited: Sequence[Cited]
) -> frozenset[str]:
    """Groups that a sentence gives a number which the clauses give them: 'Associates have up to
    five years' tells nobody to do anything."""
    mine = _pairs(ours, names)
    theirs = {
        pair
        for one, clause in zip(heard, cited, strict=True)
        for pair in _pairs(one, bodies.named(f"{clause.heading}: {clause.text}"))
    }
    # How often a report comes to somebody tells nothing of who makes it.
    return frozenset(group for _, unit, group in mine & theirs if unit != OFTEN)


_TO = re.compile(
    r"(?:\bto(?: the)?(?: next| \d{4})?|\bau|\ba la|\ba|\bante la|\bперед|\bна рассмотрение|"
    r"向(?:下届|\d{4}年)?|提交(?:下届|\d{4}年)?|الي|لل?|\d{4})\s*$"
)
"""What stands before one who is reported to."""


def _reported_to(ours: Said, name: bodies.Named) -> bool:
    return bool(_TO.search(ours.text[: name.start]))


_PARTS = {
    "bureaux": {"bdt", "tsb", "br"},
    "membership": {"member-states", "sector-members", "associates", "academia"},
    "stakeholders": {"membership", "private-sector", "member-states"},
    "itu-t": {"tsb"}, "itu-d": {"bdt"}, "itu-r": {"br"},
    "general-secretariat": {"secretary-general"},
    "advisory-group": {"advisory-states"},
    "member-states": {"advisory-states"},
}  # fmt: skip
"""Names that stand for what is named: 'the Directors of the Bureaux' for two of them."""


def _part(body: str, there: frozenset[str]) -> bool:
    return bool(_PARTS.get(body, set()) & there)


_WITH = re.compile(
    r",? (?:in (?:close )?(?:collaboration|consultation|coordination|cooperation|line)"
    r"|with the (?:assistance|participation|support)|within|each within)\b",
    re.IGNORECASE,
)


def _before_with(heading: str) -> str:
    return _WITH.split(heading)[0] if _ACT.match(plain(heading)) else ""


_BEGINS = re.compile(
    r"(?:it is |c'est |es |il (?:revient|incombe|appartient) |corresponde )?"
    r"(?:the |le |la |les |l'|el |los |las |au |aux |a |al "
    r"|se (?:invita|encarga|insta|alienta|pide) a (?:los |las )?)?"
    r"(?:(?:the )?directors? of (?:the )?|directeur du |directeurs des "
    r"|director(?:es)? de (?:la |las )?"
    r"|директор\w* |на |由|请|责成|鼓励|敦促|邀请|(?:ت|ي)\w{2,4} |علي )?"
)
_NOT_TOLD = frozenset({"council-group", "ra", "wrc", "wtdc", "wtsa", "igf"})
"""Bodies that things are done to as often as they do them."""


def _subject(names: Sequence[bodies.Named], text: str) -> str | None:
    """Who is told by a sentence that begins with one who can be told; None for any other."""
    if not names or names[0].body not in bodies.SUBJECTS - _NOT_TOLD:
        return None
    return names[0].body if _BEGINS.fullmatch(text[: names[0].start]) else None


def _acting(clause: Cited) -> tuple[str, ...]:
    """Who is to act by a clause that addresses nobody: 'resolves: that ITU-D continue to lead'."""
    known = plain(clause.text)
    return tuple(
        name.body
        for name in bodies.named(clause.text)
        if _DOES.match(known[name.end :].lstrip(" )")) and "that" in known[: name.start][-60:]
    )


_DOES = re.compile(
    # what stands between commas does not part a subject from its verb
    r"(?:,[^,;]{1,120}, ?)?\b(?:shall|must|should|may|might|will|ought|is|are|be|ha(?:s|ve)"
    r"|continues?|reports?|submits?|can|could)\b"
)


def _acts(body: str, clause: Cited) -> bool:
    """Whether the clause itself says that `body` does something, or is spoken of before others."""
    known = plain(clause.text)
    names = bodies.named(clause.text)
    for name in names:
        if body in bodies.widened([name.body]) and _DOES.match(known[name.end :].lstrip(" ,")):
            return True
    return False


# --- how strongly ----------------------------------------------------------------------------

_ACT = re.compile(
    r"(?:and |further |also |continues to |resolves (?:further )?to |decides to )*"
    r"(instruct|authori[sz]|invit|encourag|request|urg|call|appeal|resolv|decid|recommend|confirm)\w*"
)
_ACTS = {
    "instruct": {"must", "instructed"}, "authoris": {"may"}, "authoriz": {"may"},
    "invit": {"invited"}, "encourag": {"invited"}, "request": {"invited", "instructed"},
    "urg": {"urged"}, "call": {"urged"}, "appeal": {"urged", "invited"}, "recommend": {"should"},
}  # fmt: skip


_BEARS = {
    "may": re.compile(
        r"\b(?:may|can|could|might|would|up to|maximum|limit\w*|consider\w*|possib\w+|exception\w*"
        r"|option\w*|authori[sz]\w*|allow\w*|permit\w*|enabl\w+|extend\w*|except)\b"
    ),
    "invited": re.compile(r"\b(?:invit|encourag|request|appeal)\w*"),
    "urged": re.compile(r"\b(?:urg(?:e|es|ed|ing)|call(?:s|ed|ing)? (?:up)?on)\b"),
    "should": re.compile(r"\b(?:should|recommend\w*|ought)\b"),
    "must": re.compile(r"\b(?:shall|must|requir\w+|oblig\w+|mandatory|ha(?:s|ve) to|ensure\w*)\b"),
}
"""Words of an English clause that bear a strength out, wherever they stand."""


def strengths(heard: Said, clause: Cited) -> frozenset[str]:
    """How strongly a clause speaks: by the act of its heading, and by its own words."""
    if clause.language == "en":
        found = {kind for kind, pattern in _BEARS.items() if pattern.search(heard.text)}
    else:
        found = {kind for kinds in heard.strengths for kind in kinds if kind in _OWN}
    act = _ACT.match(plain(clause.heading))
    if act:
        found |= _ACTS.get(act[1], set())
        if act[1] in ("resolv", "decid", "confirm") and not found & {"should", "may"}:
            found |= {"must", "should"}
    return frozenset(found)


_OWN = frozenset({"must", "should", "may", "urged", "invited"})


def _strength(ours: Said, heard: Sequence[Said], cited: Sequence[Cited]) -> Iterator[Veto]:
    there: set[str] = set()
    for one, clause in zip(heard, cited, strict=True):
        strong = strengths(one, clause)
        if not strong:
            return  # a clause whose strength is not known bears out any
        there |= strong
    for kinds in ours.strengths:
        if kinds == {"may"} and ours.negations:
            continue  # 'neither may' is 'shall not'
        if not kinds & there:
            yield Veto("strength", f"says '{min(kinds)}' where the clause does not")
            return


# --- not, only -------------------------------------------------------------------------------


def _negation(ours: Said, heard: Sequence[Said]) -> Iterator[Veto]:
    """A sentence that denies needs a clause that does, unless it goes on to say what is so."""
    if ours.negations and not any(one.negations or one.only for one in heard) and not ours.corrects:
        yield Veto("negation", "denies what the clause does not deny")


def _scope(ours: Said, heard: Sequence[Said]) -> Iterator[Veto]:
    limits = any(one.only or one.negations for one in heard)
    if ours.only and not ours.corrects and not limits:
        yield Veto("scope", "says 'only' where the clause does not")


# --- because, regardless, to whom ------------------------------------------------------------

_SO_THAT = re.compile(
    r"\b(?:in order|so (?:as|that)|with a view|to ensure|in light|given|since|result\w*|lead\w*"
    r"|caus\w+|purpose|aim\w*|thereby|so|consequen\w*|as)\b"
)
"""How an English clause ties one thing to another, beside the words of `exact.yaml`."""


def _cause(ours: Said, heard: Sequence[Said]) -> Iterator[Veto]:
    tied = any(one.cause or _SO_THAT.search(one.text) for one in heard)
    if ours.cause and not ours.corrects and not tied:
        yield Veto("cause", "says why where the clause does not")


def _waived(ours: Said, heard: Sequence[Said]) -> Iterator[Veto]:
    """'Whether or not they ask for it' takes back a condition; 'even' needs the clause's own."""
    known = any(one.waives or "even " in one.text for one in heard)
    if ours.waives and not ours.corrects and not known:
        yield Veto("condition", "holds in any case where the clause does not say so")


_REPORTS = re.compile(
    r"\b(?:report\w*|rapport\w*|rend\w* compte|inform[ea]\w*|отч[её]т\w*|отчит\w*|доклад\w*)"
    r"|ت?قرير\w*|تقارير|报告"
)


def _recipient(
    text: str, ours: Said, heard: Sequence[Said], cited: Sequence[Cited]
) -> Iterator[Veto]:
    """A report goes to one whom the clauses report to, where they say to whom."""
    mine = _told_of(ours, bodies.named(text))
    theirs = bodies.widened(
        body
        for one, clause in zip(heard, cited, strict=True)
        for body in _told_of(one, bodies.named(f"{clause.heading}: {clause.text}"))
    )
    if mine and theirs and not (mine | set(bodies.bodies(text))) & theirs:
        yield Veto("recipient", f"reports go to {', '.join(sorted(theirs))} in the clause")


def _told_of(one: Said, names: Sequence[bodies.Named]) -> frozenset[str]:
    """Who is reported to: bodies behind 'to', 'au', 'перед', 'إلى', '向', with a report near."""
    return frozenset(
        name.body
        for name in names
        if name.body in bodies.ADDRESSED
        and _TO.search(one.text[: name.start])
        and _REPORTS.search(one.text[max(0, name.start - 60) : name.end + 40])
    )
