"""Texts published in several languages under titles that share no word: which are one work.

Editions of ITU's own resolutions are recognised by number; these only by title, or by the words
they open with. Others are linked with `advisor corpus add --work ID`, or by files named for their
language ('profile-en', 'profile-fr').
"""

from __future__ import annotations

from typing import NamedTuple

from corpus.addresses import slugify


class Work(NamedTuple):
    """A work that is known by its title.

    Attributes:
        name: of its id, without the year.
        body: that adopted it.
        year: of its one edition; None where each edition says its own.
        titles: by language.
        also: other titles and opening words it is known by.
        whole_articles: its languages number the paragraphs of articles differently, so that an
            article is one clause.
        treaty: a treaty, not a declaration.
    """

    name: str
    body: str
    year: int | None
    titles: dict[str, str]
    also: tuple[str, ...] = ()
    whole_articles: bool = False
    treaty: bool = False

    @property
    def id(self) -> str:
        """Document id of its one edition, or of the work where there are several."""
        return f"{self.name}@{self.year}" if self.year else self.name

    def title(self, language: str) -> str:
        """Its title in `language`; '' where that is not known."""
        return self.titles.get(language, "")


WORKS = (
    Work(
        "udhr", "unga", 1948,
        {
            "en": "Universal Declaration of Human Rights",
            "fr": "Déclaration universelle des droits de l’homme",
            "es": "Declaración Universal de Derechos Humanos",
            "ru": "Всеобщая декларация прав человека",
            "ar": "الإعلان العالمي لحقوق الإنسان",
            "zh": "世界人权宣言",
        },
        ("Declaración Universal de los Derechos Humanos",),
        whole_articles=True,
    ),
    Work(
        "rio-declaration", "un", 1992,
        {
            "en": "Rio Declaration on Environment and Development",
            "fr": "Déclaration de Rio sur l’environnement et le développement",
            "es": "Declaración de Río sobre el Medio Ambiente y el Desarrollo",
            "ru": "Рио-де-Жанейрская декларация по окружающей среде и развитию",
            "ar": "إعلان ريو بشأن البيئة والتنمية",
            "zh": "关于环境与发展的里约宣言",
        },
        whole_articles=True,
    ),
    Work(
        "millennium-declaration", "unga", 2000,
        {
            "en": "United Nations Millennium Declaration",
            "fr": "Déclaration du Millénaire",
            "es": "Declaración del Milenio",
            "ru": "Декларация тысячелетия Организации Объединенных Наций",
            "ar": "إعلان الأمم المتحدة بشأن الألفية",
            "zh": "联合国千年宣言",
        },
        whole_articles=True,
    ),
    Work(
        "un-charter", "un", 1945,
        {
            "en": "Charter of the United Nations",
            "fr": "Charte des Nations Unies",
            "es": "Carta de las Naciones Unidas",
            "ru": "Устав Организации Объединенных Наций",
            "ar": "ميثاق الأمم المتحدة",
            "zh": "联合国宪章",
        },
        (
            "United Nations Charter",
            "We the peoples of the United Nations determined",
            "Nous, peuples des Nations Unies, résolus",
            "Nosotros los pueblos de las Naciones Unidas resueltos",
            "Мы, народы Объединенных Наций, преисполненные решимости",
            "نحن شعوب الأمم المتحدة وقد آلينا على أنفسنا",
            "我联合国人民同兹决心",
        ),
        whole_articles=True,
        treaty=True,
    ),
    Work(
        "itu-constitution", "itu", None,
        {
            "en": "Constitution of the International Telecommunication Union",
            "fr": "Constitution de l’Union internationale des télécommunications",
            "es": "Constitución de la Unión Internacional de Telecomunicaciones",
            "ru": "Устав Международного союза электросвязи",
            "ar": "دستور الاتحاد الدولي للاتصالات",
            "zh": "国际电信联盟组织法",
            "nl": "Statuut van de Internationale Unie voor Telecommunicatie",
        },
        ("国际电信联盟《组织法》",),
        treaty=True,
    ),
    Work(
        "itu-convention", "itu", None,
        {
            "en": "Convention of the International Telecommunication Union",
            "fr": "Convention de l’Union internationale des télécommunications",
            "es": "Convenio de la Unión Internacional de Telecomunicaciones",
            "ru": "Конвенция Международного союза электросвязи",
            "ar": "اتفاقية الاتحاد الدولي للاتصالات",
            "zh": "国际电信联盟公约",
            "nl": "Verdrag van de Internationale Unie voor Telecommunicatie",
        },
        ("国际电信联盟《公约》",),
        treaty=True,
    ),
    Work(
        "itu-itr", "itu", None,
        {
            "en": "International Telecommunication Regulations",
            "fr": "Règlement des télécommunications internationales",
            "es": "Reglamento de las Telecomunicaciones Internacionales",
            "ru": "Регламент международной электросвязи",
            "ar": "لوائح الاتصالات الدولية",
            "zh": "国际电信规则",
            "nl": "Internationaal telecommunicatie reglement",
        },
        ("International Telecommunications Regulations",),
        treaty=True,
    ),
    Work(
        "tampere-convention", "un", 1998,
        {
            "en": "Tampere Convention on the Provision of Telecommunication Resources for Disaster "
            "Mitigation and Relief Operations",
            "nl": "Verdrag van Tampere inzake de levering van telecommunicatievoorzieningen voor "
            "rampenmitigatie en noodhulpoperaties",
        },
        ("Tampere Convention",),
        treaty=True,
    ),
)  # fmt: skip
_BY_SLUG = {slugify(title): work for work in WORKS for title in (*work.titles.values(), *work.also)}


def known_work(title: str) -> Work | None:
    """The work with this title in one of its languages, or with these opening words, or None."""
    return _BY_SLUG.get(slugify(title))
