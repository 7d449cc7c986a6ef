"""The table "What healthy means", row by row, and what a stranger's answer must not do."""

from __future__ import annotations

import json
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.model import Answer, Health
from deployer.release import health
from deployer.release.health import judge

H, W, U = Health.HEALTHY, Health.NOT_YET, Health.UNHEALTHY
UP = ("healthy", "ok", "up", "connected", "ready", "pass", "running", "true", True, "OK", " Up ")
DOWN = ("degraded", "unhealthy", "down", "error", "failed", "disconnected", "false", False)
NEUTRAL = ("disabled", "not_configured", "skipped", "purple", 200, None)
WAITING = ("starting", "initializing", "loading")

# The recipe's step 9.
RECIPE = {
    "status": "healthy",
    "services": {
        "fastapi": "ok",
        "qdrant": {"status": "connected"},
        "postgres": {"status": "connected"},
        "gemini": {"status": "ok"},
    },
}


def answer(body: Any, status: int = 200, **facts: Any) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status=status, body=content, **facts)


def recipe_with(service: str, value: Any) -> dict[str, Any]:
    return {"status": "healthy", "services": {**RECIPE["services"], service: value}}


@pytest.mark.parametrize("word", UP)
@pytest.mark.parametrize("shape", [lambda w: {"status": w}, lambda w: recipe_with("x", w)])
def test_a_word_of_health_is_healthy(word: Any, shape: Any) -> None:
    assert judge(answer(shape(word))).health is H


@pytest.mark.parametrize("status", [200, 204, 299, 500, 503])
@pytest.mark.parametrize("word", DOWN)
def test_a_word_against_health_counts_whatever_the_status(word: Any, status: int) -> None:
    assert judge(answer({"status": word}, status)).health is U


@pytest.mark.parametrize("word", NEUTRAL)
def test_a_word_that_is_not_in_the_table_is_said_and_not_judged(word: Any) -> None:
    verdict = judge(answer(recipe_with("cache", word)))
    assert verdict.health is H
    assert bool(verdict.neutral) is isinstance(word, str)
    assert "purple" not in str(verdict)


@pytest.mark.parametrize("word", WAITING)
@pytest.mark.parametrize("shape", [lambda w: {"status": w}, lambda w: recipe_with("x", w)])
def test_a_word_of_starting_is_not_yet(word: str, shape: Any) -> None:
    assert judge(answer(shape(word))).health is W


def test_an_app_that_is_starting_may_report_services_that_are_down_so_far() -> None:
    assert judge(answer({"status": "starting", "services": {"db": "down"}}, 503)).health is W
    assert judge(answer(recipe_with("db", "down") | {"cache": "starting"})).health is U


@pytest.mark.parametrize(
    ("body", "services"),
    [
        (recipe_with("qdrant", {"status": "disconnected", "detail": "404"}), ("qdrant",)),
        (recipe_with("qdrant", "error: timeout"), ("qdrant",)),
        (recipe_with("postgres", False), ("postgres",)),
        ({"status": "ok", "checks": [{"name": "redis", "status": "down"}]}, ("redis",)),
        ({"status": "pass", "checks": {"db": [{"status": "pass"}, {"status": "fail"}]}}, ("db",)),
        ({"status": "UP", "components": {"db": {"status": "DOWN"}}}, ("db",)),
        ({"Status": "ok", "Services": {"db": {"Status": "down"}}}, ("db",)),
        ({"status": "ok", "database": "disconnected"}, ("database",)),
        ({"status": "ok", "database": "error: could not connect"}, ("database",)),
        ({"status": "ok", "qdrant_connected": False, "debug": False}, ("qdrant",)),
        ({"status": "ok", "vector": {"qdrant": {"status": "down"}}}, ("qdrant",)),
        ({"health": {"db": "down"}}, ("db",)),
        ({"status": {"api": "ok", "db": {"ok": False}}}, ("db",)),
        ([{"name": "db", "status": "down"}], ("db",)),
        ({"status": "degraded"}, ()),
        ({"ok": False}, ()),
        ({"success": False}, ()),
        ({"health": {"status": "unhealthy"}}, ()),
        ("down", ()),
        (False, ()),
    ],
)
def test_the_service_that_speaks_against_health_is_named(
    body: Any, services: tuple[str, ...]
) -> None:
    verdict = judge(answer(body))
    assert (verdict.health, verdict.services) == (U, services)
    assert all(service in verdict.reason for service in services)


@pytest.mark.parametrize(
    "body",
    [
        RECIPE,
        b"",
        b"pong",
        b"<html>down</html>",
        True,
        {"message": "RAG API"},
        {"message": "see /docs when an error occurs", "debug": False},
        {"status": "ok", "jobs": [{"status": "failed"}]},
        {"detail": "degraded performance is no status"},
        {"status": "ok", "services": {}},
        {"status": "ok", "services": None},
        {"status": "ok", "uptime": 12.5, "reload": False},
        [],
        [1, 2],
    ],
)
def test_an_answer_without_a_word_against_it_is_healthy(body: Any) -> None:
    assert judge(answer(body)).health is H


@pytest.mark.parametrize(
    ("status", "expected", "named"),
    [
        (401, U, "login"),
        (403, U, "refuses"),
        (404, U, "no such path"),
        (400, U, "400"),
        (500, U, "500"),
        (429, W, "429"),
        (502, W, "502"),
        (503, W, "503"),
        (504, W, "504"),
    ],
)
def test_a_status_code_alone_is_judged(status: int, expected: Health, named: str) -> None:
    verdict = judge(answer({"detail": "whatever"}, status))
    assert verdict.health is expected
    assert named in verdict.reason


def test_a_503_that_only_says_that_it_is_healthy_is_not_yet() -> None:
    assert judge(answer(RECIPE, 503)).health is W


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (Answer(status=0, error="no answer (ConnectTimeout)"), W),
        (Answer(status=302, location="https://huggingface.co/login"), W),
        (Answer(status=307, location="/a", error="a redirect loop"), U),
        (
            Answer(
                status=200,
                headers={"Content-Type": "text/html; charset=utf-8"},
                body=b"<title>Hugging Face</title> Your Space is building",
            ),
            W,
        ),
        (
            Answer(
                status=200,
                headers={"content-type": "text/html"},
                body=b"<p>Preparing Space</p>",
            ),
            W,
        ),
        (
            Answer(
                status=200,
                headers={"content-type": "text/html"},
                body=b"Made with Hugging Face models",
            ),
            H,
        ),
    ],
)
def test_answers_that_are_not_the_apps_own_are_not_yet(seen: Answer, expected: Health) -> None:
    assert judge(seen).health is expected


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b'{"status":' * 900 + b"1" + b"}" * 900,
        b'{"services":' + b'{"a":' * 400 + b'"down"' + b"}" * 401,
        b'{"status": ' + b"9" * 10_000 + b"}",
        b'{"status": NaN, "services": {"a": Infinity}}',
        b'{"status": "down", "status": "ok"}',
        b'{"status": "\xff\xfe"}',
        b"\xef\xbb\xbf{}",
        json.dumps({"status": "x" * 1_000_000}).encode(),
        json.dumps({"services": {"s" * 1_000_000: "ok"}}).encode(),
    ],
)
def test_a_hostile_body_is_only_judged_by_its_status(body: bytes) -> None:
    assert judge(Answer(status=200, body=body)).health is H


def test_a_thousand_services_are_not_all_named() -> None:
    body = {"services": {f"service-{n}": "down" for n in range(5_000)}}
    verdict = judge(answer(body))
    assert verdict.health is U
    assert len(verdict.services) == health.MOST_NAMED
    assert len(verdict.reason) < 300


CANARY = "Xk9canary7Qz"
TEXT = st.text(string.ascii_letters + string.digits + " :-_/{}", max_size=12)
VALUES = st.builds(lambda a, b: a + CANARY + b, TEXT, TEXT)
WORDS = st.one_of(VALUES, st.sampled_from([*UP, *DOWN, *WAITING, 1, None]))
KEYS = st.sampled_from(
    ["status", "services", "checks", "db", "message", "ok", "detail", "qdrant", "a"]
)
BODIES = st.recursive(
    st.one_of(WORDS, VALUES),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)


@given(body=BODIES, status=st.sampled_from([200, 404, 500, 503]))
def test_a_verdict_never_quotes_a_value_of_the_body(body: Any, status: int) -> None:
    assert CANARY.lower() not in str(judge(answer(body, status))).lower()


@pytest.mark.parametrize("name", ["k3y@with/signs:canary", f"{'long' * 10}-canary", "<canary>"])
def test_a_service_is_not_named_by_what_is_no_name(name: str) -> None:
    """A masked value that was cut or stripped of its signs would no longer be hidden."""
    verdict = judge(answer({"services": {name: "error"}}, 503))
    assert verdict.services == ("service",)
