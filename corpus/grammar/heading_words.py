"""Words that open the headings of resolutions, in the six official languages (patterns).

Collected from the headings that ITU's resolutions use; 'en' is the fullest.
"""

from __future__ import annotations

PREAMBLE = {
    "en": (
        r"(?:(?:further|also|deeply|fully|gravely|seriously|strongly|once again|again)\s+)*"
        r"(?:considering|recogni[sz]ing|recalling|noting|aware|taking (?:into (?:account|"
        r"consideration)|note)|bearing in mind|emphasi[sz]ing|convinced|concerned|conscious|"
        r"mindful|welcoming|highlighting|stressing|underlining|underscoring|appreciating|"
        r"reaffirming|affirming|observing|acknowledging|desiring|desirous|reali[sz]ing|"
        r"reiterating|cognizant|endorsing|expressing|believing|alarmed|referring to|"
        r"having (?:noted|considered|regard|examined|seen|taken|heard|received|adopted|studied)|"
        r"commending|guided by|in view of|understanding|confirming|paying tribute)\b"
    ),
    "fr": (
        r"(?:considérant|reconnaissant|rappelant|notant|tenant (?:compte|dûment compte)|"
        r"ayant (?:à l['’]esprit|examiné|noté|présent)|consciente?|soulignant|convaincue?|"
        r"préoccupée?|se félicitant|réaffirmant|observant|prenant (?:note|acte|en)|"
        r"appréciant|accueillant|gardant|insistant|désireuse?|eu égard|compte tenu|vu)\b"
    ),
    "es": (
        r"(?:considerando|reconociendo|recordando|observando|tomando (?:nota|en)|"
        r"teniendo (?:en cuenta|presente)|consciente|subrayando|destacando|convencida|"
        r"preocupada|acogiendo|reafirmando|notando|habiendo|haciendo|poniendo|apreciando)\b"
    ),
    "ru": (
        r"(?:учитывая|признавая|напоминая|отмечая|принимая|сознавая|имея в виду|подчеркивая|"
        r"будучи|выражая|приветствуя|вновь|осознавая|памятуя|рассмотрев|изучив|ссылаясь|"
        r"обращая|высоко оценивая|стремясь|с удовлетворением|наблюдая)(?!\w)"
    ),
    "zh": (
        r"(?:进一步|同时|亦|还)?(?:考虑到|认识到|忆及|注意到|铭记|强调|意识到|深信|顾及|欢迎|"
        r"重申|关切|赞赏|感谢|确信|承认|回顾|牢记|认为|观察到|虑及|审议了|关注)"
    ),
    "ar": r"و?إذ\s",
}
# Verbs whose object is the one told to act, and verbs that stand alone before 'that' or 'to'.
ADDRESS = {
    "en": (
        r"instructs?|invites?|requests?|encourages?|urges?|calls? (?:up)?on|authori[sz]es?|"
        r"charges?|directs?|appeals? to|asks?|mandates?|entrusts?"
    ),
    "fr": r"charge|invite|prie|demande|encourage|exhorte|autorise|engage|appelle|lance un appel",
    "es": r"encarga|invita|pide|insta|alienta|autoriza|solicita|exhorta|anima|hace un llamamiento",
    "ru": r"поручает|предлагает|просит|призывает|настоятельно|уполномочивает|поощряет",
    "zh": r"责成|请|鼓励|敦促|呼吁|授权|要求|邀请",
    "ar": r"[يت]كلف|[يت]دعو|[يت]طلب|[يت]شجع|[يت]حث|[يت]فوض|[يت]ناشد",
}
ALONE = {
    "en": (
        r"resolves?|decides?|recommends?|confirms?|declares?|agrees?|approves?|adopts?|"
        r"endorses?|abrogates?|expresses|thanks|reaffirms?|continues?|supports?|commends?|"
        r"welcomes?|notes?|takes note|emphasi[sz]es|stresses|proposes?|repeals?|suppresses"
    ),
    "fr": r"décide|recommande|confirme|déclare|approuve|adopte|abroge|exprime|remercie|réaffirme"
    r"|prend",
    "es": r"resuelve|decide|recomienda|confirma|declara|aprueba|adopta|deroga|expresa|agradece"
    r"|toma",
    "ru": r"решает|рекомендует|подтверждает|заявляет|утверждает|принимает|выражает|постановляет",
    "zh": r"做出决议|作出决议|决定|建议|确认|宣布|批准|通过|废止|表示|做出决定|作出决定",
    "ar": r"[يت]قرر|[يت]وصي|[يت]ؤكد|[يت]علن|[يت]وافق|[يت]عتمد|[يت]عرب",
}
BEFORE = {
    "en": r"(?:(?:further|also|again|strongly|hereby|in addition)\s+)*",
    "zh": r"(?:进一步|还|亦|同时|再次)?",
}
AFTER = {"en": r"(?:\s+(?:further|also|in addition))?"}
