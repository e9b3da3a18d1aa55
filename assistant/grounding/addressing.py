"""A written sentence is about an instrument: one that speaks to its reader is not shown (P8).

Whatever the clause says that it cites. An answer states what texts provide; it gives no orders,
says nothing to "you", and does not speak of itself, of software or of who reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.tampering.classifier import likeness
from corpus.tampering.rule import NOTE

_SECOND_PERSON = re.compile(
    r"\b(?:you|your|yours|yourself|yourselves|vous|votre|vos|vôtres?|tu|toi|ta|tes|usted(?:es)?|"
    r"contigo|ты|тебя|тебе|тобой|твой|твоя|твоё|твои|твоего|твоей|вы|вас|вам|вами|ваш|ваша|ваше|"
    r"ваши|вашего|вашей|أنت|أنتم|أنتما|إليك|إليكم|لديك|لديكم|لكم|عليكم)\b|[你您]",
    re.IGNORECASE,
)
"""The pronouns of the second person: a closed class in each language."""


def speaks_to_reader(said: str) -> Iterator[str]:
    """Why a written sentence is not about an instrument but speaks to somebody; none where it is.

    Args:
        said: one finished sentence, in any of the six languages, citation marks removed.
    """
    if found := _SECOND_PERSON.search(said):
        yield f"speaks to its reader ('{found[0]}')"
    if likeness(said) >= NOTE:
        yield "reads like words to or about software"
