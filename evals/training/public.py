"""Public questions that the encoder is trained on beside ours: MLQA, across languages.

Officials ask in Arabic, Chinese or Spanish over texts held in English, and our own questions are
few. MLQA (Lewis et al. 2020, CC BY-SA 3.0) asks over paragraphs of an encyclopaedia in one language
and in another. They are read from the library of real texts and lie in no repository.
"""

from __future__ import annotations

import json
from pathlib import Path

from evals.training.data import Asked
from evals.training.encoder import Text

PAIRS = (("en", "ar"), ("en", "zh"), ("en", "es"), ("ar", "ar"), ("zh", "zh"))
"""(language of the paragraph, of the question)."""

EACH = 150
"""Questions of each pair."""

AROUND = 260
"""Characters read on each side of the answer: a passage about as long as a clause."""


def mlqa(folder: Path) -> tuple[list[Asked], list[Text]]:
    """Questions and passages of MLQA's development files in `folder`, EACH of every pair."""
    asked: list[Asked] = []
    texts: dict[str, Text] = {}
    for held, spoken in PAIRS:
        raw = json.loads((folder / f"dev-context-{held}-question-{spoken}.json").read_text("utf-8"))
        found = [
            (article["title"], paragraph["context"], item)
            for article in raw["data"]
            for paragraph in article["paragraphs"]
            for item in paragraph["qas"]
        ]
        for title, context, item in sorted(found, key=lambda f: str(f[2]["id"]))[:EACH]:
            start = int(item["answers"][0]["answer_start"])
            window = max(0, start - AROUND) // 40 * 40
            address = f"{held}/{title}#{window}"
            name = f"mlqa-{held}"
            texts.setdefault(
                address,
                Text(
                    id=address,
                    corpus=name,
                    document=f"{held}/{title}",
                    addresses=(address,),
                    text=f"{title}\n{context[window : start + AROUND]}",
                ),
            )
            asked.append(
                Asked(
                    id=f"{item['id']}-{held}-{spoken}",
                    corpus=name,
                    set="mlqa",
                    question=item["question"],
                    language=spoken,
                    kind="lookup",
                    gold=(address,),
                )
            )
    return asked, list(texts.values())
