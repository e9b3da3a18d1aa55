"""The six interface languages by their own names, and which one a browser asks for."""

from __future__ import annotations

from assistant.phrases import LANGUAGES

NAMES = {
    "ar": "العربية",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "ru": "Русский",
    "zh": "中文",
}


def preferred(header: str) -> str:
    """First of an Accept-Language header's languages that is one of the six, else English."""
    for part in header.split(","):
        tag = part.split(";")[0].strip().lower().split("-")[0]
        if tag in LANGUAGES:
            return tag
    return "en"
