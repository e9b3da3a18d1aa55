"""What can be wrong with a question, a conversation or a turn, said to the person who asked."""

from __future__ import annotations

from corpus.errors import AdvisorError


class BadQuestion(AdvisorError):
    """For the asker: the question cannot be read as one. Nothing was stored."""

    code = "bad-question"


class EmptyQuestion(BadQuestion):
    """No letter or digit is left after invisible characters are taken out."""

    code = "empty-question"


class QuestionTooLong(BadQuestion):
    """Longer than `screening.MAX_CHARACTERS`."""

    code = "question-too-long"


class UnsupportedLanguage(BadQuestion):
    """A language was asked for that is not one of the six."""

    code = "unsupported-language"


class UnknownConversation(AdvisorError):
    """No such conversation, or it is another person's (told apart by nobody, P11)."""

    code = "unknown-conversation"


class UnknownTurn(AdvisorError):
    """No such turn, or it is another person's."""

    code = "unknown-turn"


class UnknownShare(AdvisorError):
    """No such shared conversation, or its owner took the link back."""

    code = "unknown-share"
