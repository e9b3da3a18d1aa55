"""The trail as Markdown: verdict, cited clauses, table of duties, editions, cross-references."""

from __future__ import annotations

from assistant.advice.mandates.trail import MandateTrail, Why, actor_name
from assistant.rendering.exports import plain

_WHYS = {
    Why.TITLE: "its title names the topic",
    Why.CLAUSE: "a clause of it does",
    Why.RELATED: "its title names a neighbouring matter",
    Why.CITED: "an instrument on the topic builds on it",
}
DUTIES = 30
"""Duties written out; the JSON has all."""


def markdown(trail: MandateTrail) -> str:
    """The whole trail for reading; clauses verbatim, each with its address."""
    out = [f"# Mandate trail: {plain(trail.topic)}", "", f"**{plain(trail.sentence)}**", ""]
    for duty in trail.deciding:
        digest = " (digest, not the official text)" if duty.is_digest else ""
        out += [
            f"> {plain(duty.quote)}",
            ">",
            f"> {plain(duty.label)}{digest} [{duty.address}]",
            "",
        ]
    out += ["## Who must do what", "", "| Who | Verb | Clause | Words |", "|---|---|---|---|"]
    out += [
        "| " + " | ".join(plain(cell).replace("|", "\\|") for cell in row) + " |"
        for row in rows(trail)[:DUTIES]
    ]
    out += ["", "## Since when: editions known", ""]
    for instrument in trail.instruments:
        out.append(
            f"- {plain(instrument.label)}: {plain(instrument.title)}. In the trail because "
            f"{_WHYS[instrument.why]}."
        )
        for edition in instrument.editions:
            held = {"official": "text held", "digest": "digest held", "": "text not held"}
            out.append(
                f"    - {edition.year or 'undated'}: {plain(edition.label)}; "
                f"{edition.standing.replace('_', ' ') or 'not in the catalogue'}; "
                f"{held[edition.held]}"
            )
    if trail.links:
        out += ["", "## Cross-references", ""]
        out += [f"- {link.address} → {link.target}" for link in trail.links]
    if trail.notes:
        out += ["", *(f"- {plain(note)}" for note in trail.notes)]
    return "\n".join(out) + "\n"


def rows(trail: MandateTrail) -> list[list[str]]:
    """Duties as a table: who, verb, clause, words."""
    return [
        [
            ", ".join(actor_name(a) for a in duty.actors)
            or ("ITU" if duty.verb == "resolves" else "—"),
            duty.verb,
            duty.address,
            duty.quote,
        ]
        for duty in trail.duties
    ]
