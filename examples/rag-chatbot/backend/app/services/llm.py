"""Wording an answer from passages: Gemini where a key is set, else sentences of the text itself."""

import math
import re
from collections import Counter
from typing import Protocol

from app.models.schemas import AnsweredBy, ServiceHealth, Source
from app.services.embedding import words
from app.services.gemini import GeminiClient, GeminiFailed

NOTHING_FOUND = "The handbook says nothing about that."

INSTRUCTION = (
    "Answer the question from the passages below, in at most three sentences. "
    f"When they don't hold the answer, reply exactly: {NOTHING_FOUND}"
)


class Answerer(Protocol):
    """Words an answer."""

    name: AnsweredBy

    def answer(self, question: str, passages: list[Source]) -> str:
        """The answer; raises ``GeminiFailed``."""

    def health(self) -> ServiceHealth:
        """Whether the model answers."""


class ExtractiveAnswerer:
    """The sentences that share the rarest words with the question. Never makes anything up."""

    name: AnsweredBy = "extract"

    def answer(self, question: str, passages: list[Source]) -> str:
        """The best two sentences, in the order of the text."""
        asked = set(words(question))
        sentences = [(p.title, s) for p in passages for s in split_sentences(p.text)]
        spread = Counter(word for title, s in sentences for word in set(words(f"{title} {s}")))

        def weight(index: int) -> float:
            title, sentence = sentences[index]
            own = asked & set(words(sentence))
            heading = (asked & set(words(title))) - own
            rarity = {w: math.log(1 + len(sentences) / spread[w]) for w in own | heading}
            return sum(rarity[w] for w in own) + sum(rarity[w] for w in heading) / 2

        ranked = sorted(range(len(sentences)), key=weight, reverse=True)
        best = weight(ranked[0]) if ranked else 0.0
        if best == 0:
            return NOTHING_FOUND
        chosen = [index for index in ranked[:2] if weight(index) >= 0.6 * best]
        return " ".join(sentences[index][1] for index in sorted(chosen))

    def health(self) -> ServiceHealth:
        """No key, no Gemini: said, and no fault."""
        return ServiceHealth(status="not_configured")


class GeminiAnswerer:
    """Gemini, told to stay with the passages."""

    name: AnsweredBy = "gemini"

    def __init__(self, client: GeminiClient, model: str) -> None:
        self._client = client
        self._model = model

    def answer(self, question: str, passages: list[Source]) -> str:
        """The model's answer."""
        context = "\n\n".join(f"[{p.title}]\n{p.text}" for p in passages)
        prompt = f"Passages:\n{context}\n\nQuestion: {question}"
        body = {
            "systemInstruction": {"parts": [{"text": INSTRUCTION}]},
            "contents": [{"role": "user", "parts": [{"text": prompt}]}],
            "generationConfig": {"temperature": 0.2},
        }
        answer = self._client.call(self._model, "generateContent", body)
        try:
            return "".join(p["text"] for p in answer["candidates"][0]["content"]["parts"]).strip()
        except (KeyError, IndexError, TypeError):
            # A candidate that the safety filter stopped has no content.
            raise GeminiFailed("an answer without text") from None

    def health(self) -> ServiceHealth:
        """Ask for the model's description: it proves the key and costs no tokens."""
        try:
            self._client.describe(self._model)
        except GeminiFailed as error:
            return ServiceHealth(status="error", error=str(error))
        return ServiceHealth(status="ok")


def split_sentences(text: str) -> list[str]:
    """The sentences of a passage."""
    return [s for s in re.split(r"(?<=[.!?])\s+", " ".join(text.split())) if s]
