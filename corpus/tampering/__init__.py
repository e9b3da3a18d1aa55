"""Words in a document that speak to the software reading it (P8).

`rule` decides once for every clause, when its document is put on the shelf; `marks` keeps what was
decided, why, by which version of the rule, and what the librarian made of it. The shelf is the
door: whoever asks it for clauses to show gets none that is held back.
"""
