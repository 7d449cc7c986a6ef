"""A health answer that shows a secret is told, by known values and by shape; others are not."""

from __future__ import annotations

import json
import time

import pytest

from deployer.model import Answer
from deployer.release.exposed import NOTICE, shows_secret
from deployer.scrub import scrub

KNOWN = "tr0ub4dor-canary"


def shows(body: object) -> bool:
    text = body if isinstance(body, str) else json.dumps(body)
    answer = Answer(status=200, body=text.encode())
    return shows_secret(answer, lambda given: scrub(given, (KNOWN,)))


@pytest.mark.parametrize(
    "body",
    [
        {"status": "healthy", "debug": KNOWN},
        {"status": "healthy", "password": KNOWN},
        {"status": "healthy", "url": f"postgresql://u:{KNOWN}@db.example.com/app"},
        f"env: SECRET={KNOWN}",
        f"token {KNOWN} was read",
    ],
)
def test_a_known_value_is_found_wherever_it_stands(body: object) -> None:
    assert shows(body)


@pytest.mark.parametrize(
    "shown",
    [
        "postgresql://neon_owner:s3" + "cretValue@ep-a.neon.tech/app",
        "postgresql+asyncpg://neon_owner:s3" + "cretVa...",
        "postgres://neon_owner:npg" + "_AbCd",
        "neon_owner:s3" + "cretValue@ep-a.neon.tech",
        "host=db.example.com user=app password=s3" + "cretValue",
        "AIza" + "SyC4nary0000111122223333444455556",
        "could not connect with password: s3" + "cretValue",
    ],
)
def test_a_value_that_was_set_by_hand_is_found_by_its_shape(shown: str) -> None:
    assert shows({"status": "connected", "database": {"detail": shown}})
    assert shows(shown)


@pytest.mark.parametrize(
    "body",
    [
        {"status": "healthy", "services": {"gemini_api_key": "configured", "password": "set"}},
        {"database": "postgresql://app:***@db.example.com:5432/app"},
        {"database": "postgresql://app@db.example.com:5432/app"},
        {"database": "postgresql://localhost:5432/app", "redis": "redis://cache:6379..."},
        {"qdrant_url": "https://abc.eu-central.aws.cloud.qdrant.io:6333"},
        {"contact": "mailto:ada1815@example.com", "at": "2026-01-01T00:00:00+00:00"},
        {"error": 'password authentication failed for user "app"', "token": "missing"},
        {"version": "1.2.3", "commit": "0123456789abcdef0123456789abcdef01234567"},
        {"password_required": True, "password": None},
        "",
    ],
)
def test_an_answer_that_names_things_without_showing_them_is_no_problem(body: object) -> None:
    assert not shows(body)


@pytest.mark.parametrize("word", ["a", "a:", "postgres://a:", "password=", "a1@", ":x@", "://a:b"])
def test_a_hostile_answer_is_searched_at_once(word: str) -> None:
    began = time.monotonic()
    shows(word * (5_000_000 // len(word)))
    assert time.monotonic() - began < 5


def test_the_notice_is_a_warning_with_a_way_out() -> None:
    assert NOTICE.warning
    assert "replace the value" in NOTICE.hint
