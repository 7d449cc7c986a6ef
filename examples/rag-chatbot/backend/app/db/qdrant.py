"""The passages' vectors in Qdrant: the cloud where QDRANT_URL is set, else in this process."""

import uuid

import httpx
from qdrant_client import QdrantClient, models
from qdrant_client.http.exceptions import ApiException, UnexpectedResponse

from app.core.config import Settings
from app.models.schemas import ServiceHealth, Source

NAMESPACE = uuid.UUID("6f0f5c1e-52b7-4f0e-9a9e-8a6f0f3f2c11")


class VectorsUnavailable(Exception):
    """Qdrant gave no usable answer; the message is safe to show."""


class VectorStore:
    """One collection of passages with cosine similarity."""

    def __init__(self, settings: Settings) -> None:
        self._collection = settings.qdrant_collection
        self._client = _connect(settings)

    def missing(self, passages: list[tuple[str, str]], model: str) -> list[tuple[str, str]]:
        """The (title, text) pairs that aren't stored for this embedding model yet."""
        ids = {passage_id(text, model): (title, text) for title, text in passages}
        with _translated():
            stored = self._client.retrieve(self._collection, list(ids), with_payload=False)
        known = {str(record.id) for record in stored}
        return [passage for key, passage in ids.items() if key not in known]

    def create(self, size: int) -> None:
        """Make the collection unless it exists; one of another vector size is never touched."""
        with _translated():
            if not self._client.collection_exists(self._collection):
                params = models.VectorParams(size=size, distance=models.Distance.COSINE)
                self._client.create_collection(self._collection, vectors_config=params)
                return
            found = self._client.get_collection(self._collection).config.params.vectors
        if getattr(found, "size", size) != size:
            raise VectorsUnavailable(f"the collection's vectors don't have {size} dimensions")

    def add(self, passages: list[tuple[str, str]], vectors: list[list[float]], model: str) -> None:
        """Store passages; a second call with the same ones changes nothing."""
        points = [
            models.PointStruct(
                id=passage_id(text, model), vector=vector, payload={"title": title, "text": text}
            )
            for (title, text), vector in zip(passages, vectors, strict=True)
        ]
        with _translated():
            self._client.upsert(self._collection, points)

    def search(self, vector: list[float], limit: int = 4) -> list[Source]:
        """The nearest passages, best first."""
        with _translated():
            found = self._client.query_points(self._collection, query=vector, limit=limit).points
        # Points that somebody else put into the collection carry no passage.
        payloads = [(point.payload or {}, round(point.score, 4)) for point in found]
        return [
            Source(title=payload["title"], text=payload["text"], score=score)
            for payload, score in payloads
            if "title" in payload and "text" in payload
        ]

    def health(self) -> ServiceHealth:
        """Whether the collection answers."""
        try:
            with _translated():
                self._client.get_collection(self._collection)
        except VectorsUnavailable as error:
            return ServiceHealth(status="disconnected", error=str(error))
        return ServiceHealth(status="connected")

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


class _translated:  # noqa: N801 - reads as a statement
    """Turn the client's exceptions into ``VectorsUnavailable`` without their text."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, UnexpectedResponse):
            raise VectorsUnavailable(f"HTTP {error.status_code}") from None
        if isinstance(error, ApiException | httpx.HTTPError | ValueError):
            raise VectorsUnavailable(type(error).__name__) from None


def passage_id(text: str, model: str) -> str:
    """A stable id, so that storing the same passage twice is no change."""
    return str(uuid.uuid5(NAMESPACE, f"{model}\n{text}"))


def _connect(settings: Settings) -> QdrantClient:
    if not settings.qdrant_url:
        return QdrantClient(":memory:")
    key = settings.qdrant_api_key.get_secret_value() or None
    # The check would make a request, and print a warning, before anything else is up.
    return QdrantClient(url=settings.qdrant_url, api_key=key, timeout=5, check_compatibility=False)
