"""Suites of questions, the systems they are put to, runs, figures and gates."""
