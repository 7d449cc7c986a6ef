"""The application: settings in, services built once, routes and CORS on top."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from app.api import chat, health
from app.core.config import get_settings
from app.services.rag_service import build_service

settings = get_settings()
logging.basicConfig(level=settings.log_level.upper())


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Build the services; a cloud that is away is reported by /api/health, not by a crash."""
    service = build_service(settings)
    service.prepare()
    app.state.service = service
    yield
    service.close()


app = FastAPI(
    title="RAG chatbot",
    description="Answers questions about the Pelican Point handbook, and says where it read them.",
    version="1.0.0",
    lifespan=lifespan,
)
app.add_middleware(
    CORSMiddleware,
    allow_origins=[o.strip() for o in settings.allowed_origins.split(",") if o.strip()],
    allow_methods=["GET", "POST"],
    allow_headers=["Content-Type"],
)
app.include_router(health.router, prefix="/api")
app.include_router(chat.router, prefix="/api")


@app.get("/", summary="Where to go from here")
def root() -> dict[str, str]:
    """The addresses a visitor may want."""
    return {"name": app.title, "docs": "/docs", "health": "/api/health", "chat": "/api/chat"}
