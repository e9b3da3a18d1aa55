"""Links of a landing page -> the one PDF that is the wanted document in the wanted language.

A link is chosen only where its words, its file's name or, for a bare 'PDF', the page's own title
name the document. Where none or several do, nothing is chosen and the librarian is told which
links there were: an address is never guessed.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag, XMLParsedAsHTMLWarning

from corpus.addresses import slugify
from corpus.documents import Frozen
from corpus.language.references import find_references
from corpus.shelf.catalogue_entries import CatalogueEntry

LIKENESS = 0.5
"""Share of the significant words of a title that a link or page must hold to name it."""

_NAMES: dict[str, str] = {
    "english": "en", "anglais": "en", "inglés": "en", "английский": "en", "الإنكليزية": "en",
    "الإنجليزية": "en", "英文": "en", "英语": "en",
    "french": "fr", "français": "fr", "francais": "fr", "francés": "fr", "французский": "fr",
    "الفرنسية": "fr", "法文": "fr", "法语": "fr",
    "spanish": "es", "español": "es", "espanol": "es", "espagnol": "es", "испанский": "es",
    "الإسبانية": "es", "西班牙文": "es", "西班牙语": "es",
    "russian": "ru", "русский": "ru", "russe": "ru", "ruso": "ru", "الروسية": "ru",
    "俄文": "ru", "俄语": "ru",
    "arabic": "ar", "العربية": "ar", "عربي": "ar", "arabe": "ar", "árabe": "ar",
    "арабский": "ar", "阿拉伯文": "ar", "阿拉伯语": "ar",
    "chinese": "zh", "中文": "zh", "chinois": "zh", "chino": "zh", "китайский": "zh",
    "الصينية": "zh",
}  # fmt: skip
_NAME = re.compile(
    "|".join(
        rf"\b{re.escape(name)}\b" if name.isascii() or name[0] < "\u4e00" else re.escape(name)
        for name in sorted(_NAMES, key=len, reverse=True)
    ),
    re.I,
)
_CODES = {code: code for code in ("en", "fr", "es", "ru", "ar", "zh")}
_LETTERS = {"a": "ar", "c": "zh", "e": "en", "f": "fr", "r": "ru", "s": "es"}
"""ITU ends the names of its files with a capital letter for the language: ...-PDF-E.pdf."""

_GENERIC = frozenset(
    "pdf doc docx word html htm epub zip acrobat file document version download view open read "
    "full text here click the a an of in for and to on by with at from as is or this free format "
    "electronic available language edition kb mb mo ko télécharger descargar le la les de du des "
    "el en et y скачать تحميل 下载 publication report rapport informe link get pages page".split()
)
_TITLE_STOP = frozenset("the a an of in for and to on by with at from as is or its".split())


class Link(Frozen):
    """A link to a PDF.

    Attributes:
        url: absolute, without fragment.
        text: its words, with its title attribute.
        around: words of the row or item it stands in.
        language: ISO 639-1 code, where text, name or surroundings tell.
    """

    url: str
    text: str = ""
    around: str = ""
    language: str | None = None

    @property
    def name(self) -> str:
        """The file's name without ending, as words."""
        stem = unquote(urlsplit(self.url).path.rpartition("/")[2]).rpartition(".")
        return re.sub(r"[\W_]+", " ", stem[0] or stem[2])


class Page(Frozen):
    """A landing page: its own title, and its links to PDFs in order."""

    url: str
    title: str
    links: tuple[Link, ...]


class Choice(Frozen):
    """The link chosen, or None with the reason and the links there were."""

    link: Link | None
    reason: str = ""
    candidates: tuple[str, ...] = ()


def read_page(html: bytes | str, url: str) -> Page:
    """Title and PDF links of a page that was found at `url`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        soup = BeautifulSoup(html, "lxml")
    base = soup.find("base", href=True)
    root = urljoin(url, str(base["href"])) if isinstance(base, Tag) else url
    title = " ".join(
        found.get_text(" ", strip=True) for found in soup.find_all(["title", "h1"], limit=3)
    )
    links: dict[str, Link] = {}
    for anchor in soup.find_all("a", href=True):
        try:
            target = urldefrag(urljoin(root, str(anchor["href"]).strip()))[0]
            parts = urlsplit(target)
        except ValueError:
            continue
        text = " ".join([anchor.get_text(" ", strip=True), str(anchor.get("title") or "")]).strip()
        if parts.scheme not in ("http", "https") or not _is_pdf(anchor, parts.path, text):
            continue
        around = _around(anchor)
        link = Link(url=target, text=text[:400], around=around, language=None)
        link = link.model_copy(update={"language": _language(anchor, link)})
        old = links.get(target)
        if old is None or len(old.text) < len(link.text):
            links[target] = link
    return Page(url=url, title=title[:600], links=tuple(links.values()))


def choose(page: Page, entry: CatalogueEntry, language: str, *, own_page: bool) -> Choice:
    """The link to `entry` in `language`.

    Args:
        page: a landing page of the document.
        entry: what is wanted.
        language: ISO 639-1 code.
        own_page: the catalogue names this page for this document only, so that a bare 'PDF' may
            stand for it (if the page's title says so too).
    """
    if not page.links:
        return Choice(link=None, reason="the page has no link to a PDF")
    scored = [(_score(link, page, entry, own_page), link) for link in page.links]
    named = [(score, link) for score, link in scored if score > 0]
    seen = tuple(link.url for link in page.links[:12])
    if not named:
        reason = f"none of the {len(page.links)} PDFs on the page is named as this document"
        return Choice(link=None, reason=reason, candidates=seen)
    fit = [(s, link) for s, link in named if link.language == language]
    if not fit and entry.languages == (language,):
        fit = [(s, link) for s, link in named if link.language is None]
    if not fit:
        said = ", ".join(sorted({link.language or "unknown" for _, link in named}))
        reason = f"the page has this document, but not in '{language}' (only: {said})"
        return Choice(link=None, reason=reason, candidates=tuple(k.url for _, k in named[:12]))
    best = max(score for score, _ in fit)
    winners = [link for score, link in fit if score > best - 0.1]
    if len(winners) > 1:
        reason = f"{len(winners)} PDFs on the page fit equally well; nothing was guessed"
        return Choice(link=None, reason=reason, candidates=tuple(k.url for k in winners[:12]))
    return Choice(link=winners[0])


def _is_pdf(anchor: Tag, path: str, text: str) -> bool:
    return (
        path.lower().endswith(".pdf")
        or anchor.get("type") == "application/pdf"
        or re.search(r"[!-]PDF-[A-Z]\b", path) is not None
        or (re.search(r"\bpdf\b", text, re.I) is not None and not re.search(r"\.\w{3,4}$", path))
    )


def _around(anchor: Tag) -> str:
    holder = anchor.find_parent(["tr", "li", "dd", "p"])
    return holder.get_text(" ", strip=True)[:400] if isinstance(holder, Tag) else ""


def _language(anchor: Tag, link: Link) -> str | None:
    declared = str(anchor.get("hreflang") or "")[:2].lower()
    if declared in _CODES:
        return declared
    for words in (link.text, None, link.around):
        found = _in_name(link.url) if words is None else _in_words(words)
        if found:
            return found
    return None


def _in_words(text: str) -> str | None:
    found = {_NAMES[match[0].casefold()] for match in _NAME.finditer(text)}
    return found.pop() if len(found) == 1 else None


def _in_name(url: str) -> str | None:
    name = unquote(urlsplit(url).path.rpartition("/")[2])
    stem = re.sub(r"\.pdf$", "", name, flags=re.I)
    code = re.search(r"[-_.!\s](en|fr|es|ru|ar|zh)$", stem, re.I)
    if code:
        return code[1].lower()
    letter = re.search(r"[-_!\s]([ACEFRS])$", stem)
    return _LETTERS[letter[1].lower()] if letter else _in_words(re.sub(r"[-_.]+", " ", stem))


def _score(link: Link, page: Page, entry: CatalogueEntry, own_page: bool) -> float:
    """How surely the link is the entry: 0 not at all, 1 by its name, less by its page's title."""
    own = _own_words(link.text)
    said = f"{link.text} {link.name}"
    if _other_year(said, entry):
        return 0.0
    if entry.type is not None:
        return _by_number([(said, 1.0), (link.around, 0.9)], entry)
    if entry.country and not _has(entry.country, f"{said} {link.around}") and own:
        return 0.0
    best = max(_likeness(entry, said), 0.9 * _likeness(entry, link.around) if not own else 0.0)
    if best >= LIKENESS:
        return best
    if not own and own_page and _likeness(entry, page.title) >= LIKENESS:
        return 0.8 * _likeness(entry, page.title)
    return 0.0


def _by_number(said: Sequence[tuple[str, float]], entry: CatalogueEntry) -> float:
    for text, worth in said:
        references = find_references(text)
        if any(
            r.type == entry.type
            and r.number == entry.number
            and r.year in (None, entry.edition.year)
            for r in references
        ):
            numbers = {(r.type, r.number) for r in references}
            if len(numbers) == 1:  # a row that names several tells nothing of one link
                return worth
    return 0.0


def _other_year(text: str, entry: CatalogueEntry) -> bool:
    years = {int(year) for year in re.findall(r"(?<!\d)((?:19|20)\d\d)(?!\d)", text)}
    return bool(years and entry.edition.year and entry.edition.year not in years)


def _likeness(entry: CatalogueEntry, text: str) -> float:
    title = _words(entry.title) - _TITLE_STOP
    if not title:
        return 0.0
    return len(title & _words(text)) / len(title)


def _has(name: str, text: str) -> bool:
    return f"-{slugify(name)}-" in f"-{slugify(text)}-"


def _own_words(text: str) -> set[str]:
    """Words that name something, beside format, size and language."""
    plain = _NAME.sub(" ", text)
    return {w for w in _words(plain) if w not in _GENERIC and not re.fullmatch(r"[\d.,]+", w)}


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"[^\W_]+", text.casefold()) if len(word) > 1}
