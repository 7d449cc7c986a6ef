"""A backend in the recipe's layout becomes exactly the Space that the recipe makes by hand.

The expected files stand in tests/golden/recipe; change them together with the templates.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.bundle.conftest import Planner

GOLDEN = Path(__file__).parents[2] / "golden" / "recipe"
SERVICE = (
    "from app.core.config import settings\n\n\ndef use() -> str:\n    return settings.qdrant_url\n"
)
BACKEND = {
    "backend/app/main.py": '''"""Entry."""
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from app.api import chat, health
from app.core.config import settings

app = FastAPI(
    title="Lighthouse guide",
    description="Answers about a lighthouse, from Gemini and Qdrant.",
)
app.add_middleware(CORSMiddleware, allow_origins=settings.origins, allow_methods=["*"])
app.include_router(chat.router)
app.include_router(health.router, prefix="/api")
''',
    "backend/app/api/chat.py": '''from fastapi import APIRouter

from app.models.schemas import Question
from app.services.rag_service import answer

router = APIRouter(prefix="/api/chat")


@router.post("")
async def ask(question: Question) -> str:
    """Ask about the lighthouse."""
    return answer(question)
''',
    "backend/app/api/health.py": """from fastapi import APIRouter

from app.db import postgres, qdrant

router = APIRouter()


@router.get("/health", summary="State of every service")
def health() -> dict[str, str]:
    return {"status": "healthy"}
""",
    "backend/app/core/config.py": """from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    gemini_api_key: str
    qdrant_url: str
    qdrant_api_key: str
    qdrant_collection: str = "book"
    database_url: str
    allowed_origins: str = "http://localhost:3000"
    log_level: str = "INFO"

    @property
    def origins(self) -> list[str]:
        return [origin.strip() for origin in self.allowed_origins.split(",")]


settings = Settings()
""",
    "backend/app/db/postgres.py": SERVICE,
    "backend/app/db/qdrant.py": SERVICE,
    "backend/app/models/schemas.py": "class Question:\n    text: str\n",
    "backend/app/services/embedding.py": SERVICE,
    "backend/app/services/llm.py": SERVICE,
    "backend/app/services/rag_service.py": (
        "from app.services import embedding, llm\n\n\ndef answer(question): ...\n"
    ),
    "backend/tests/test_chat.py": "",
    "backend/.env": "GEMINI_API_KEY=\n",
    "backend/.env.example": "GEMINI_API_KEY=\n",
    "backend/requirements.txt": (
        "fastapi==0.115.0\nuvicorn[standard]==0.32.0\nqdrant-client==1.12.0\n"
        "google-generativeai==0.8.0\nasyncpg==0.30.0\npytest==8.3.0\n"
        "pytest-asyncio==0.24.0\npytest-cov==5.0.0\n"
    ),
}


@pytest.mark.parametrize("name", ["Dockerfile", "README.md", "requirements.txt"])
def test_a_made_file_is_as_expected(plan: Planner, name: str) -> None:
    found = plan(
        BACKEND,
        secrets=("GEMINI_API_KEY", "QDRANT_API_KEY", "DATABASE_URL"),
        variables=("QDRANT_URL", "LOG_LEVEL"),
        frontend_urls=("https://lighthouse.example.org",),
    )
    assert found.text(name) == (GOLDEN / name).read_text(encoding="utf-8")


def test_exactly_these_files_ship(plan: Planner) -> None:
    expected = (GOLDEN / "files.txt").read_text(encoding="utf-8").split()
    assert sorted(plan(BACKEND).paths) == expected


def test_app_health_and_origins_are_found(plan: Planner) -> None:
    backend = plan(BACKEND).backend
    assert (backend.app, backend.health_path, backend.python_version) == (
        "app.main:app",
        "/api/health",
        "3.11",
    )
    assert backend.origins is not None
    assert (backend.origins.name, backend.origins.as_json) == ("ALLOWED_ORIGINS", False)
