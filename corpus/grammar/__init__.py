"""Lines -> clauses: the grammars that official texts are written by."""
