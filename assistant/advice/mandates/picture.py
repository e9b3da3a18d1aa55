"""The trail as one picture: a lane an instrument, a column a year, arrows for cross-references.

Self-contained SVG, no script, no outside file. What the picture says also stands in `<desc>`, so
that a screen reader has it; colours are never the only mark (held texts have a full frame,
digests a dashed one, texts nobody holds a dotted one).
"""

from __future__ import annotations

from html import escape
from itertools import pairwise

from assistant.advice.mandates.trail import Instrument, KnownEdition, MandateTrail

_NAME = 40
_LANES = 20
"""Instruments drawn; the table has the rest."""
_LEFT, _TOP, _LANE, _COLUMN, _BOX = 290, 84, 46, 104, (84, 26)
_FRAMES = {"official": "", "digest": "5 3", "": "1 3"}
_FILLS = {"official": "#cfe3f5", "digest": "#eef3e2", "": "#ffffff"}
_STYLE = (
    "text{font-family:'Noto Sans','DejaVu Sans',Arial,sans-serif;font-size:12px;fill:#1b2733}"
    ".h{font-size:16px;font-weight:bold}.y{font-weight:bold}.s{font-size:11px;fill:#44525f}"
    ".b{stroke:#1f4e79;stroke-width:1.5}.c{stroke:#1f4e79;stroke-width:1.5;fill:none}"
    ".r{stroke:#a2461b;stroke-width:1.4;fill:none;opacity:.85}.g{stroke:#dfe5ea}"
)


def picture(trail: MandateTrail) -> str:
    """The trail as SVG text (UTF-8); a trail without instruments gives a picture that says so."""
    shown = _lanes(trail)
    years = sorted({e.year for i in shown for e in i.editions if e.year})
    columns = {year: place for place, year in enumerate(years)}
    width = max(_LEFT + max(len(years), 1) * _COLUMN + 30, 720)
    height = _TOP + max(len(shown), 1) * _LANE + 92
    places = {
        edition.document: _place(lane, edition, columns)
        for lane, instrument in enumerate(shown)
        for edition in instrument.editions
    }
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="t d" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f'<title id="t">{_safe(f"Mandate trail: {trail.topic}")}</title>',
        f'<desc id="d">{_safe(described(trail))}</desc>',
        f"<style>{_STYLE}</style>",
        '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#a2461b"/></marker></defs>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text class="h" x="16" y="28">{_safe(_cut(f"Mandate trail: {trail.topic}", 80))}</text>',
        f'<text class="s" x="16" y="48">{_safe(_cut(trail.sentence, 150))}</text>',
    ]
    for year, place in columns.items():
        x = _LEFT + place * _COLUMN + _COLUMN // 2
        parts.append(f'<line class="g" x1="{x}" y1="{_TOP}" x2="{x}" y2="{height - 84}"/>')
        parts.append(f'<text class="y" x="{x}" y="{_TOP - 8}" text-anchor="middle">{year}</text>')
    for lane, instrument in enumerate(shown):
        parts += _lane(lane, instrument, places)
    for link in trail.links:
        if link.source in places and link.target in places:
            parts.append(_arrow(places[link.source], places[link.target], link.address))
    parts += _legend(height)
    if not shown:
        parts.append(f'<text x="16" y="{_TOP + 20}">No instrument was found.</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def described(trail: MandateTrail) -> str:
    """The picture in sentences, for who cannot see it."""
    said = [trail.sentence]
    for instrument in _lanes(trail):
        editions = ", ".join(f"{e.year or 'undated'} ({_holding(e)})" for e in instrument.editions)
        said.append(f"{instrument.label}: editions {editions}.")
    said += [f"{link.address} refers to {link.target}." for link in trail.links]
    return " ".join(said)


def _lanes(trail: MandateTrail) -> list[Instrument]:
    """One lane a work: two held editions of Resolution 71 are boxes in one lane."""
    works: dict[str, Instrument] = {}
    for instrument in trail.instruments:
        works.setdefault(instrument.work, instrument)
    return list(works.values())[:_LANES]


def _holding(edition: KnownEdition) -> str:
    return {"official": "text held", "digest": "digest held", "": "text not held"}[edition.held]


def _place(lane: int, edition: KnownEdition, columns: dict[int, int]) -> tuple[int, int]:
    column = columns[edition.year] if edition.year else 0
    return _LEFT + column * _COLUMN + _COLUMN // 2, _TOP + lane * _LANE + _LANE // 2


def _lane(lane: int, instrument: Instrument, places: dict[str, tuple[int, int]]) -> list[str]:
    y = _TOP + lane * _LANE + _LANE // 2
    name, _, _ = instrument.label.partition(" (")
    title = instrument.title
    if title.startswith(name):
        # A text without a number is named by its title: two lines of it say more than one twice.
        head = name if len(name) <= _NAME else name[:_NAME].rpartition(" ")[0]
        name, title = head, title.removeprefix(head).strip(" ():,")
    parts = [
        f'<text x="16" y="{y - 2}">{_safe(_cut(name, _NAME))}</text>',
        f'<text class="s" x="16" y="{y + 13}">{_safe(_cut(title, 44))}</text>',
    ]
    at = [places[e.document] for e in instrument.editions]
    parts += [
        f'<line class="c" x1="{a[0]}" y1="{y}" x2="{b[0]}" y2="{y}"/>' for a, b in pairwise(at)
    ]
    wide, high = _BOX
    for edition, (x, _) in zip(instrument.editions, at, strict=True):
        parts.append(
            f"<g><title>{_safe(f'{edition.label}: {_holding(edition)}')}</title>"
            f'<rect class="b" x="{x - wide // 2}" y="{y - high // 2}" width="{wide}" '
            f'height="{high}" rx="4" fill="{_FILLS[edition.held]}" '
            f'stroke-dasharray="{_FRAMES[edition.held]}"/>'
            f'<text class="s" x="{x}" y="{y + 4}" text-anchor="middle">'
            f"{_safe(_cut(_where(edition), 14))}</text></g>"
        )
    return parts


def _where(edition: KnownEdition) -> str:
    """'Dubai' of 'Resolution 205 (Rev. Dubai, 2018)'; the year where no place is known."""
    inside = edition.label.rpartition("(")[2].rstrip(")")
    place = inside.removeprefix("Rev. ").partition(",")[0]
    return place if not place[:4].isdigit() else str(edition.year)


def _arrow(start: tuple[int, int], end: tuple[int, int], address: str) -> str:
    (x1, y1), (x2, y2) = start, end
    down = 1 if y2 >= y1 else -1
    y1, y2 = y1 + down * _BOX[1] // 2, y2 - down * _BOX[1] // 2
    bend = 30 + 4 * (abs(y2 - y1) // _LANE)
    return (
        f"<g><title>{_safe(f'cited in {address}')}</title>"
        f'<path class="r" marker-end="url(#a)" '
        f'd="M{x1 + 20} {y1}C{x1 + bend + 20} {y1 + down * 14} {x2 + bend} {y2 - down * 14} '
        f'{x2 + 10} {y2}"/></g>'
    )


def _legend(height: int) -> list[str]:
    parts, x, y = [], 16, height - 44
    for held, words in (("official", "text held"), ("digest", "digest held"), ("", "not held")):
        parts.append(
            f'<rect class="b" x="{x}" y="{y - 12}" width="26" height="15" rx="3" '
            f'fill="{_FILLS[held]}" stroke-dasharray="{_FRAMES[held]}"/>'
            f'<text class="s" x="{x + 34}" y="{y}">{words}</text>'
        )
        x += 130
    parts.append(
        f'<path class="r" marker-end="url(#a)" d="M{x} {y - 4}h30"/>'
        f'<text class="s" x="{x + 40}" y="{y}">refers to</text>'
        f'<text class="s" x="16" y="{height - 16}">A line joins the editions of one instrument. '
        "Statuses are those of the catalogue.</text>"
    )
    return parts


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _safe(text: str) -> str:
    return escape("".join(c for c in text if c.isprintable()), quote=True)
