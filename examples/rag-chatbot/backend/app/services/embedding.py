"""Text to vectors: Gemini where a key is set, else a hashing embedding that needs no network."""

import hashlib
import math
import re
from itertools import pairwise
from typing import Protocol

from app.services.gemini import GeminiClient, GeminiFailed

STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        a about an and any are as at be been before by can could do does for from had has have how
        i in into is it its may me must my no not of off on or our shall she should so some tell
        than that the their them then there they this to under up was we were what when where which
        who why will with would you your
        """,
    )
)
SUFFIXES = ("ingly", "edly", "ing", "ers", "ies", "ed", "es", "er", "ly", "s")


class Embedding(Protocol):
    """Vectors of unit length. ``name`` tells vectors of different models apart."""

    name: str
    size: int

    def documents(self, texts: list[str]) -> list[list[float]]:
        """One vector for each passage."""

    def query(self, text: str) -> list[float]:
        """The vector of a question."""


def words(text: str) -> list[str]:
    """The meaning-bearing words, in lower case and with common English endings cut off."""
    return [_stem(w) for w in re.findall(r"[^\W_]+", text.lower()) if w not in STOP_WORDS]


def _stem(word: str) -> str:
    for suffix in SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)]
    return word


class HashingEmbedding:
    """Feature hashing of words and word pairs: the same text gives the same vector anywhere."""

    name = "hashing-1"
    size = 1024

    def documents(self, texts: list[str]) -> list[list[float]]:
        """One vector for each passage."""
        return [self.query(text) for text in texts]

    def query(self, text: str) -> list[float]:
        """The vector of a text."""
        vector = [0.0] * self.size
        tokens = words(text)
        for feature in tokens + [" ".join(pair) for pair in pairwise(tokens)]:
            digest = hashlib.blake2b(feature.encode(), digest_size=8).digest()
            sign = 1.0 if digest[0] & 1 else -1.0
            vector[int.from_bytes(digest[1:], "big") % self.size] += sign
        length = math.sqrt(sum(x * x for x in vector)) or 1.0
        return [x / length for x in vector]


class GeminiEmbedding:
    """Gemini's embedding model, cut to 768 dimensions."""

    size = 768

    def __init__(self, client: GeminiClient, model: str) -> None:
        self._client = client
        self._model = model
        self.name = f"{model}-{self.size}"

    def documents(self, texts: list[str]) -> list[list[float]]:
        """One vector for each passage."""
        return self._embed(texts, "RETRIEVAL_DOCUMENT")

    def query(self, text: str) -> list[float]:
        """The vector of a question."""
        return self._embed([text], "RETRIEVAL_QUERY")[0]

    def _embed(self, texts: list[str], task: str) -> list[list[float]]:
        requests = [
            {
                "model": f"models/{self._model}",
                "content": {"parts": [{"text": text}]},
                "taskType": task,
                "outputDimensionality": self.size,
            }
            for text in texts
        ]
        answer = self._client.call(self._model, "batchEmbedContents", {"requests": requests})
        try:
            return [embedding["values"] for embedding in answer["embeddings"]]
        except (KeyError, TypeError):
            raise GeminiFailed("an answer without embeddings") from None
