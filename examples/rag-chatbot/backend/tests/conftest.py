import os
from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

# Tests never reach a service that the developer's environment or .env names.
for name in ("GEMINI_API_KEY", "QDRANT_URL", "QDRANT_API_KEY", "DATABASE_URL"):
    os.environ[name] = ""

from app.core.config import Settings  # noqa: E402
from app.main import app  # noqa: E402
from app.services.rag_service import build_service  # noqa: E402


@pytest.fixture
def client() -> Iterator[TestClient]:
    """The app on local stand-ins."""
    with TestClient(app) as client:
        yield client


@pytest.fixture
def client_with() -> Callable[..., TestClient]:
    """The app on services built from the given settings."""

    def make(**settings: str) -> TestClient:
        service = build_service(Settings(_env_file=None, **settings))
        service.prepare()
        app.state.service = service
        return TestClient(app)

    return make
