"""What goes over the wire."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

AnsweredBy = Literal["gemini", "extract"]


class ChatRequest(BaseModel):
    """A question; ``conversation_id`` continues an earlier conversation."""

    message: str = Field(min_length=1, max_length=2000)
    conversation_id: str | None = Field(default=None, max_length=64)


class Source(BaseModel):
    """A passage that the answer rests on. ``score`` is the cosine similarity."""

    title: str
    text: str
    score: float


class ChatResponse(BaseModel):
    """The answer, where it was read, and who worded it."""

    answer: str
    sources: list[Source]
    conversation_id: str
    answered_by: AnsweredBy


class Message(BaseModel):
    """One line of a stored conversation."""

    role: Literal["user", "assistant"]
    text: str
    created_at: datetime


class ServiceHealth(BaseModel):
    """One service: ``connected``/``ok``, ``not_configured``, or ``disconnected``/``error``."""

    status: str
    error: str | None = None


class Services(BaseModel):
    """The app itself and what it depends on."""

    fastapi: str
    qdrant: ServiceHealth
    postgres: ServiceHealth
    gemini: ServiceHealth


class HealthResponse(BaseModel):
    """``healthy`` unless a configured service fails."""

    status: Literal["healthy", "unhealthy"]
    services: Services
