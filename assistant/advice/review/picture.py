"""The heat map as one picture: a row a pillar, a column a stakeholder group, and what is confirmed.

Self-contained SVG, no script, no outside file. Never colour alone: each level has its number and a
hatching of its own, and `<desc>` says everything in sentences. Judgements of one group stand side
by side in its cell; none are averaged. Right-to-left languages get the picture mirrored.
"""

from __future__ import annotations

from html import escape

from assistant.advice.review import findings, framework
from assistant.advice.review.framework import GROUPS, LEVELS, OTHER, PILLARS
from assistant.advice.review.model import Review
from assistant.phrases import say
from assistant.rendering.blocks import LEVEL_FILLS, level_ink

_NAMES, _COLUMN, _ROW, _TOP, _EDGE = 218, 112, 44, 104, 16
_STYLE = (
    "text{font-family:'Noto Sans','Noto Sans Arabic','Noto Sans CJK SC','DejaVu Sans',Arial,"
    "sans-serif;font-size:12.5px;fill:#10202f}.h{font-size:16px;font-weight:bold}"
    ".c{font-weight:bold;font-size:11.5px}.s{font-size:11px;fill:#44525f}"
    ".n{font-weight:bold;font-size:14px}.f{stroke:#44525f;stroke-width:1}"
    ".k{stroke:#10202f;stroke-width:2.5;fill:none}"
)
_SPACING = {1: 0, 2: 14, 3: 9, 4: 6, 5: 0}
"""Pixels between the lines of a level's hatching; 0 is none: level 1 is pale, level 5 dark."""


def columns(review: Review) -> list[str]:
    """Groups that judged something, in the framework's order."""
    judged = {person.group for pillar in PILLARS for person, _ in review.levels(pillar.key)}
    return [group for group in (*GROUPS, OTHER) if group in judged]


def cell(review: Review, pillar: str, group: str) -> list[int]:
    """Levels that people of a group chose for a pillar, in the order they were added."""
    return [
        judged.level
        for person, judged in review.levels(pillar)
        if person.group == group and judged.level is not None
    ]


def picture(review: Review, language: str) -> str:
    """The heat map as SVG text (UTF-8) in the interface language."""
    shown = columns(review)
    rtl = language == "ar"
    width = max(_NAMES + (len(shown) + 1) * _COLUMN + 2 * _EDGE, 700)
    height = _TOP + len(PILLARS) * _ROW + 84

    def at(x: float, wide: float = 0) -> float:
        return width - x - wide if rtl else x

    start = 'text-anchor="start" direction="rtl"' if rtl else 'text-anchor="start"'
    middle = 'text-anchor="middle"' + (' direction="rtl"' if rtl else "")
    title = say(language, "review-heat-map", title=review.about.title)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="t d" '
        f'lang="{language}" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f'<title id="t">{_safe(title)}</title>',
        f'<desc id="d">{_safe(described(review, language))}</desc>',
        f"<style>{_STYLE}</style><defs>{''.join(_pattern(n) for n in LEVELS)}</defs>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text class="h" x="{at(_EDGE)}" y="28" {start}>{_safe(_cut(title, 80))}</text>',
        f'<text class="s" x="{at(_EDGE)}" y="48" {start}>'
        f"{_safe(say(language, 'review-heat-map-how'))}</text>",
    ]
    heads = [framework.group_name(g, language) for g in shown]
    heads.append(say(language, "review-confirmed"))
    for place, head in enumerate(heads):
        x = at(_EDGE + _NAMES + place * _COLUMN + _COLUMN / 2)
        for line, words in enumerate(_wrapped(head, 15)):
            parts.append(
                f'<text class="c" x="{x}" y="{_TOP - 26 + line * 14}" {middle}>'
                f"{_safe(words)}</text>"
            )
    for row, pillar in enumerate(PILLARS):
        y = _TOP + row * _ROW
        name = framework.pillar_name(pillar.key, language)
        for line, words in enumerate(_wrapped(name, 30)):
            parts.append(
                f'<text x="{at(_EDGE)}" y="{y + 26 + line * 14 - (7 if len(name) > 30 else 0)}" '
                f"{start}>{_safe(words)}</text>"
            )
        for place, group in enumerate(shown):
            x = at(_EDGE + _NAMES + place * _COLUMN, _COLUMN)
            parts += _box(x, y, cell(review, pillar.key, group))
        x = at(_EDGE + _NAMES + len(shown) * _COLUMN, _COLUMN)
        level = findings.confirmed(review, pillar.key)
        parts += _box(x, y, [level] if level is not None else [])
        parts.append(
            f'<rect class="k" x="{x + 3}" y="{y + 3}" width="{_COLUMN - 6}" height="{_ROW - 6}"/>'
        )
    return "\n".join([*parts, *_legend(language, width, height, rtl), "</svg>"]) + "\n"


def described(review: Review, language: str) -> str:
    """The heat map in sentences, for who cannot see it."""
    said = []
    for pillar in PILLARS:
        name = framework.pillar_name(pillar.key, language)
        judged = [
            f"{framework.group_name(group, language)} {' · '.join(map(str, levels))}"
            for group in columns(review)
            if (levels := cell(review, pillar.key, group))
        ]
        level = findings.confirmed(review, pillar.key)
        none = say(language, "review-not-judged")
        final = framework.level_name(level, language) if level is not None else none
        said.append(
            f"{name}: {'; '.join(judged) or none}. {say(language, 'review-confirmed')}: {final}."
        )
    return " ".join(said)


def _pattern(level: int) -> str:
    fill, gap = f"#{LEVEL_FILLS[level]}", _SPACING[level]
    if not gap:
        return (
            f'<pattern id="l{level}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f'<rect width="8" height="8" fill="{fill}"/></pattern>'
        )
    return (
        f'<pattern id="l{level}" width="{gap}" height="{gap}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="{gap}" height="{gap}" fill="{fill}"/>'
        f'<path d="M0 0V{gap}" stroke="#1f4e79" stroke-width="1" opacity=".55"/></pattern>'
    )


def _box(x: float, y: float, levels: list[int]) -> list[str]:
    """One cell: as many strips as there are judgements; an empty one has a dash."""
    wide, high, top = _COLUMN - 6, _ROW - 6, y + 3
    if not levels:
        return [
            f'<rect class="f" x="{x + 3}" y="{top}" width="{wide}" height="{high}" fill="#ffffff" '
            'stroke-dasharray="3 3"/>',
            f'<text class="s" x="{x + _COLUMN / 2}" y="{y + 27}" text-anchor="middle">–</text>',
        ]
    parts, strip = [], wide / len(levels)
    for place, level in enumerate(levels):
        left = x + 3 + place * strip
        parts.append(
            f'<rect class="f" x="{left:.1f}" y="{top}" width="{strip:.1f}" height="{high}" '
            f'fill="url(#l{level})"/>'
        )
        middle = left + strip / 2
        if level < LEVELS[-1]:  # a plain ground, so that the number stands clear of the hatching
            parts.append(
                f'<circle cx="{middle:.1f}" cy="{y + 22}" r="10" fill="#{LEVEL_FILLS[level]}"/>'
            )
        parts.append(
            f'<text class="n" x="{middle:.1f}" y="{y + 27}" text-anchor="middle" '
            f'style="fill:#{level_ink(level)}">{level}</text>'
        )
    return parts


def _legend(language: str, width: int, height: int, rtl: bool) -> list[str]:
    parts, wide = [], (width - 2 * _EDGE) / len(LEVELS)
    for place, level in enumerate(LEVELS):
        x, y = _EDGE + place * wide, height - 60
        box = width - x - 26 if rtl else x
        parts.append(
            f'<rect class="f" x="{box}" y="{y}" width="26" height="16" fill="url(#l{level})"/>'
        )
        anchor = 'text-anchor="start" direction="rtl"' if rtl else 'text-anchor="start"'
        words = x + 32
        for line, part in enumerate(_wrapped(framework.level_name(level, language), 18)):
            parts.append(
                f'<text class="s" x="{width - words if rtl else words}" '
                f'y="{y + 12 + line * 13}" {anchor}>{_safe(part)}</text>'
            )
    return parts


def _wrapped(text: str, longest: int) -> list[str]:
    """Two lines at most; a text without blanks is cut by characters."""
    if len(text) <= longest:
        return [text]
    words = text.split()
    if len(words) == 1:
        return [text[:longest], text[longest : 2 * longest]]
    first: list[str] = []
    while words and len(" ".join([*first, words[0]])) <= longest:
        first.append(words.pop(0))
    if not first:
        first = [words.pop(0)]
    return [" ".join(first), *([_cut(" ".join(words), longest + 4)] if words else [])]


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _safe(text: str) -> str:
    return escape("".join(c for c in text if c.isprintable()), quote=True)
