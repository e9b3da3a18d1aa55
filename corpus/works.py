"""Texts published in six languages under titles that share no word: which are one work.

Editions of ITU's own texts are recognised by number; these only by title. Others are linked with
`advisor corpus add --work ID`, or by files named for their language ('profile-en', 'profile-fr').
"""

from __future__ import annotations

from typing import NamedTuple

from corpus.addresses import slugify


class Work(NamedTuple):
    """Id, adopting body and year of a work."""

    id: str
    body: str
    year: int


_UDHR = Work("udhr@1948", "unga", 1948)
_RIO = Work("rio-declaration@1992", "un", 1992)
_MILLENNIUM = Work("millennium-declaration@2000", "unga", 2000)

_TITLES = {
    "Universal Declaration of Human Rights": _UDHR,
    "Déclaration universelle des droits de l’homme": _UDHR,
    "Declaración Universal de Derechos Humanos": _UDHR,
    "Declaración Universal de los Derechos Humanos": _UDHR,
    "Всеобщая декларация прав человека": _UDHR,
    "الإعلان العالمي لحقوق الإنسان": _UDHR,
    "世界人权宣言": _UDHR,
    "Rio Declaration on Environment and Development": _RIO,
    "Déclaration de Rio sur l’environnement et le développement": _RIO,
    "Declaración de Río sobre el Medio Ambiente y el Desarrollo": _RIO,
    "Рио-де-Жанейрская декларация по окружающей среде и развитию": _RIO,
    "إعلان ريو بشأن البيئة والتنمية": _RIO,
    "关于环境与发展的里约宣言": _RIO,
    "United Nations Millennium Declaration": _MILLENNIUM,
    "Déclaration du Millénaire": _MILLENNIUM,
    "Declaración del Milenio": _MILLENNIUM,
    "Декларация тысячелетия Организации Объединенных Наций": _MILLENNIUM,
    "إعلان الأمم المتحدة بشأن الألفية": _MILLENNIUM,
    "联合国千年宣言": _MILLENNIUM,
}
_BY_SLUG = {slugify(title): work for title, work in _TITLES.items()}


def known_work(title: str) -> Work | None:
    """The work with this title in any of the six languages, or None."""
    return _BY_SLUG.get(slugify(title))
