"""Whether a question asks for a sum of money, and whether a text states one.

Texts of record speak of budgets and fees far more often than they say how much. So a sum asked for
must stand in the evidence: in a currency where the question names one, else also as a share of the
contributory unit, which is how ITU's own fees are set.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexing.concepts import fold

_CURRENCY = (
    r"\b(?:francs?|chf|dollars?|usd|euros?|eur|francos?|dolar(?:es)?)\b|франк\w*|доллар\w*|\bевро\b"
    r"|فرنك\w*|دولار\w*|يورو|瑞郎|法郎|美元|欧元|[$€£]"
)
_WORD = r"[\w'-]+"
_ASKED = {
    # The sum is what the question is after: "what budget", "how much ... cost", not "the budget".
    "en": rf"\b(?:what|which|how (?:high|large|big|much))\b(?: (?!of\b|to\b){_WORD}){{0,4}}? "
    r"(?:budget|salar(?:y|ies)|wages?|fees?|costs?|prices?|revenues?|income|fines|rent|tariffs?"
    r"|spending|expenditures?|turnover|money)\b"
    r"|\bhow much\b.*\b(?:costs?|pay|pays|paid|charge[ds]?|earns?|spen[dt]|invest\w*|raise[ds]?)\b",
    "fr": rf"\bquel(?:le)?s? (?:est|sont|etait|sera) (?:le |la |les |l')?(?:{_WORD} ){{0,2}}?"
    r"(?:budget|salaire|cout|prix|tarif|montant|redevance|amende)s?\b"
    r"|\bquel(?:le)? (?:budget|salaire|montant|somme|prix)\b"
    r"|\bcombien\b.{0,40}\b(?:coute|paie|paient|payent|gagne|verse|depense|investi)",
    "es": rf"\bcual(?:es)? (?:es|son|fue|era) (?:el|la|los|las) (?:{_WORD} ){{0,2}}?"
    r"(?:presupuesto|salario|sueldo|coste?|precio|tarifa|monto|importe|multa)s?\b"
    r"|\bque (?:presupuesto|salario|sueldo|precio|importe|suma)\b"
    r"|(?<!en )\bcuant[oa]s?\b.{0,40}\b(?:cuesta|pagan?|gana|gasta|invierte|cobra)",
    "ru": r"\bкак(?:ов|ова|ой|ая|ие|овы) (?:\w+ ){0,2}?"
    r"(?:бюджет|зарплат|оклад|стоимост|цен[аы]|тариф|сумм|штраф|доход)"
    r"|\bсколько\b.{0,40}(?:стоит|плат|получа|трат|зараб)",
    "ar": r"(?<!\w)(?:ما (?:هو |هي )?|كم )(?:\w+ ){0,2}?"
    r"(?:ال)?(?:راتب|ميزاني|تكلف|سعر|رسوم|رسم|مبلغ|غرام|ايراد)"
    r"|(?<!\w)كم .{0,30}(?:يدفع|تدفع|يكلف|تكلف|يتقاضي)",
    "zh": r"(?:薪水|薪酬|工资|年薪|预算|费用|价格|收费|罚款|收入)(?:是|为|有)?多少"
    r"|多少(?:钱|预算|费用|瑞郎|美元)",
}
_SUM = re.compile(
    rf"(?:{_CURRENCY}).{{0,12}}?\d|\d(?:[\d.,  ]*\d)?(?: ?(?:thousand|million|billion|bn|k|m))?"
    rf" ?(?:{_CURRENCY})"
)
_AMOUNT = re.compile(
    rf"{_SUM.pattern}|\b\d[\d.,]* (?:thousand|million|billion)\b|\b\d+/\d+\b|\d ?%|\bper cent\b"
    r"|\bone[- ](?:half|third|quarter|\w+th|\w+[- ]second)\b"
    r"|\b(?:free of|without) charge\b|\bno fee\b"
)


def asks_for_money(question: str, language: str) -> bool:
    """Whether `question` (without its references), in `language`, asks how much money."""
    folded = fold(question)
    if re.search(_CURRENCY, folded):
        return True
    return bool(re.search(_ASKED.get(language, _ASKED["en"]), folded))


def states_money(question: str, texts: Sequence[str]) -> bool:
    """Whether one of `texts` states a sum such as `question` asks for.

    Where the question names a currency, only a sum in one will do.
    """
    wanted = _SUM if re.search(_CURRENCY, fold(question)) else _AMOUNT
    return any(wanted.search(fold(text)) for text in texts)
