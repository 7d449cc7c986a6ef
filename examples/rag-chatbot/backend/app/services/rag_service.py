"""Retrieval-augmented answers: find passages, word an answer from them, remember both sides."""

import logging
import re
import threading
import uuid
from pathlib import Path

from app.core.config import Settings
from app.db import postgres
from app.db.qdrant import VectorStore, VectorsUnavailable
from app.models.schemas import AnsweredBy, ChatResponse, Message, Source
from app.services.embedding import Embedding, GeminiEmbedding, HashingEmbedding
from app.services.gemini import GeminiClient, GeminiFailed
from app.services.llm import Answerer, ExtractiveAnswerer, GeminiAnswerer

log = logging.getLogger(__name__)

CONTENT = Path(__file__).parents[1] / "content" / "handbook.md"


class Unavailable(Exception):
    """A service that the answer needs is away; the message is for the user."""


class RagService:
    """The chatbot itself."""

    def __init__(
        self,
        vectors: VectorStore,
        conversations: postgres.ConversationStore,
        embedding: Embedding,
        llm: Answerer,
        passages: list[tuple[str, str]],
    ) -> None:
        self.vectors = vectors
        self.conversations = conversations
        self.llm = llm
        self._embedding = embedding
        self._passages = passages
        self._indexed = False
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Index the text now if possible; otherwise the next question tries again."""
        try:
            self._index()
        except Unavailable as error:
            log.warning("not indexed yet: %s", error)

    def answer(self, question: str, conversation_id: str | None) -> ChatResponse:
        """Answer and remember; raises ``Unavailable``."""
        self._index()
        conversation = conversation_id or uuid.uuid4().hex
        try:
            sources = self.vectors.search(self._embedding.query(question))
            answer, by = self._word(question, sources)
            self.conversations.add(conversation, "user", question)
            self.conversations.add(conversation, "assistant", answer)
        except (VectorsUnavailable, GeminiFailed) as error:
            raise Unavailable("The search is not available right now.") from error
        except postgres.StoreUnavailable as error:
            raise Unavailable("The conversation can't be stored right now.") from error
        return ChatResponse(
            answer=answer, sources=sources, conversation_id=conversation, answered_by=by
        )

    def history(self, conversation_id: str) -> list[Message]:
        """A conversation, oldest message first; raises ``Unavailable``."""
        try:
            return self.conversations.read(conversation_id)
        except postgres.StoreUnavailable as error:
            raise Unavailable("Conversations can't be read right now.") from error

    def close(self) -> None:
        """Close what is open."""
        self.vectors.close()
        self.conversations.close()

    def _word(self, question: str, sources: list[Source]) -> tuple[str, AnsweredBy]:
        try:
            return self.llm.answer(question, sources), self.llm.name
        except GeminiFailed as error:
            # A used-up quota should not silence the chatbot: the passages are at hand.
            log.warning("the model failed (%s); answering from the text", error)
            fallback = ExtractiveAnswerer()
            return fallback.answer(question, sources), fallback.name

    def _index(self) -> None:
        with self._lock:
            if self._indexed:
                return
            try:
                self.vectors.create(self._embedding.size)
                missing = self.vectors.missing(self._passages, self._embedding.name)
                if missing:
                    texts = [f"{title}\n{text}" for title, text in missing]
                    embedded = self._embedding.documents(texts)
                    self.vectors.add(missing, embedded, self._embedding.name)
            except VectorsUnavailable as error:
                raise Unavailable(f"The search index is not available ({error}).") from error
            except GeminiFailed as error:
                raise Unavailable(f"The text can't be embedded ({error}).") from error
            self._indexed = True


def split_passages(markdown: str) -> list[tuple[str, str]]:
    """(title, text) of each second-level section."""
    sections = re.split(r"^## +(.+)$", markdown, flags=re.MULTILINE)[1:]
    pairs = zip(sections[::2], sections[1::2], strict=True)
    return [(title.strip(), " ".join(text.split())) for title, text in pairs]


def build_service(settings: Settings) -> RagService:
    """Wire the services that the settings ask for."""
    embedding: Embedding = HashingEmbedding()
    llm: Answerer = ExtractiveAnswerer()
    if settings.gemini_api_key.get_secret_value():
        client = GeminiClient(settings)
        embedding = GeminiEmbedding(client, settings.gemini_embedding_model)
        llm = GeminiAnswerer(client, settings.gemini_model)
    passages = split_passages(CONTENT.read_text(encoding="utf-8"))
    store = postgres.connect(settings)
    return RagService(VectorStore(settings), store, embedding, llm, passages)
