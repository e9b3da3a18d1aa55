"""Is a sentence borne out by the clauses it cites? By rule first, then by meaning; never waived."""

from assistant.grounding.alignment import Rarity
from assistant.grounding.checking import Grounding, ground
from assistant.grounding.clause import Cited

__all__ = ["Cited", "Grounding", "Rarity", "ground"]
