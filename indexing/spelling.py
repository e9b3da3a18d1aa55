"""A slip of the keyboard in a question is read as the word of the texts that was meant.

Only a long word that no text holds is touched, only by one letter (changed, dropped, added or
swapped with its neighbour; Damerau 1964 found four slips in five to be one of these), and never its
first: a word that the texts lack may just as well be what nothing here is about.
"""

from __future__ import annotations

import re
import string
from collections.abc import Collection

from corpus.language.tokens import analyse
from indexing.building.lexical_choice import Arm

_SHORTEST = 7
"""Letters from which a word has hardly a neighbour that means something else."""

_WORD = re.compile(r"[^\W\d_]+")


def respelled(question: str, language: str, languages: Collection[str], lexical: Arm) -> str:
    """`question` with its slips mended, or as it is.

    `languages` are those of the texts: a word of another one is not theirs to know. The words must
    be written in Latin letters.
    """
    if language not in languages:
        return question
    words = {
        word: stems[0]
        for word in _WORD.findall(question)
        if len(word) >= _SHORTEST and word.isascii() and len(stems := analyse(word, language)) == 1
    }
    if not words:
        return question
    known = lexical.passages_with(list(dict.fromkeys(words.values())))
    for word, stem in words.items():
        if known.get(stem, 0) or (word[0].isupper() and not question.startswith(word)):
            continue  # names are spelled as people please
        near = lexical.passages_with(_neighbours(stem))
        meant = max(near, key=lambda other: (near[other], other), default="")
        if near.get(meant):
            question = re.sub(rf"(?<!\w){word}(?!\w)", meant, question)
    return question


def _neighbours(word: str) -> list[str]:
    """What one slip after the first letter makes of `word`."""
    cuts = [(word[:at], word[at:]) for at in range(1, len(word) + 1)]
    letters = string.ascii_lowercase
    made = [left + right[1:] for left, right in cuts if right]
    made += [left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1]
    made += [left + letter + right[1:] for left, right in cuts if right for letter in letters]
    made += [left + letter + right for left, right in cuts for letter in letters]
    return list(dict.fromkeys(one for one in made if one != word))
