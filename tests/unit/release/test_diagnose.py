"""Likely causes, each found on a realistic sample."""

from __future__ import annotations

import json

import pytest

from deployer.model import Answer, Health, Runtime, Verdict
from deployer.release import health
from deployer.release.diagnose import of_build, of_health

HEALTHY_REST = {"fastapi": "ok", "other": {"status": "connected"}}


def causes_of(body: object, status: int = 200, log: tuple[str, ...] = ()) -> str:
    answer = Answer(status=status, body=json.dumps(body).encode())
    verdict = health.judge(answer)
    assert verdict.health is not Health.HEALTHY
    return "\n".join(f"{each.title}: {each.remedy}" for each in of_health(verdict, answer, log))


def services(**given: object) -> dict[str, object]:
    return {"status": "degraded", "services": {**HEALTHY_REST, **given}}


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (services(qdrant={"status": "error", "error": "Unexpected Response: 404 (Not Found)"}),
         "cluster is probably suspended: A free cluster is suspended after a while of no use. "
         "Resume it at cloud.qdrant.io"),
        (services(vector_db="error: 404 page not found"), "suspended"),
        (services(qdrant={"status": "error", "error": "timed out"}), "`QDRANT_URL`"),
        (services(postgres={"status": "error", "error": "connection is insecure (try using "
                            "`sslmode=require`)"}), "?sslmode=require"),
        (services(database="error: password authentication failed for user \"app\""),
         "user or password"),
        (services(neon={"status": "disconnected"}), "suspended (Neon"),
        (services(gemini={"status": "error", "error": "API key not valid. Please pass one."}),
         "refuses the key"),
        (services(gemini={"status": "error", "error": "429 RESOURCE_EXHAUSTED quota"}), "quota"),
        (services(llm="error: 403 permission denied"), "refuses the key"),
        (services(gemini={"status": "error"}), "model's name"),
    ],
)  # fmt: skip
def test_a_service_that_fails_has_its_cause_and_remedy(body: object, named: str) -> None:
    assert named in causes_of(body)


def test_another_services_404_says_nothing_about_qdrant() -> None:
    found = causes_of(services(qdrant={"status": "error"}, cache={"status": "ok", "detail": "404"}))
    assert "Qdrant is not reachable" in found
    assert "answers 404" not in found


def test_each_failing_service_has_a_cause_of_its_own() -> None:
    found = causes_of(services(qdrant="error 404", gemini="error: quota"))
    assert "Qdrant" in found
    assert "Gemini" in found


@pytest.mark.parametrize(("status", "named"), [(404, "`health-path`"), (401, "login"),
                                               (403, "login")])  # fmt: skip
def test_a_path_that_is_missing_or_closed_is_explained(status: int, named: str) -> None:
    assert named in causes_of({"detail": "x"}, status)


def test_without_a_named_service_the_log_speaks() -> None:
    log = ("Traceback", "KeyError: 'QDRANT_URL'")
    assert "`QDRANT_URL`" in causes_of("oops", 500, log)


BUILD = (
    ("ModuleNotFoundError: No module named 'qdrant_client.http'", "qdrant_client.http"),
    ("ERROR: No matching distribution found for fastapi==99.1", "fastapi==99.1"),
    ("pip._vendor.resolvelib.resolvers.ResolutionImpossible: []", "contradict"),
    ("    raise KeyError(key)\nKeyError: 'GEMINI_API_KEY'", "`GEMINI_API_KEY`"),
    ("1 validation error for Settings\nqdrant_url\n  Field required [type=missing, input_value={}]",
     "`qdrant_url`"),
    ("PermissionError: [Errno 13] Permission denied: '/app/data'", "UID 1000"),
    ('RuntimeError: Form data requires "python-multipart" to be installed.', "python-multipart"),
    ('ERROR:    Error loading ASGI app. Could not import module "main".', "`app`"),
    ("SyntaxError: invalid syntax", "python-version"),
    ("Exit code: 137. Reason: OOMKilled", "memory"),
    ("Memory limit exceeded (16Gi)", "memory"),
    ("write /usr/lib: no space left on device", "disk is full"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "named"), BUILD)
@pytest.mark.parametrize("place", ["log", "error"])
def test_a_build_or_start_that_fails_is_explained_from_log_and_message(
    text: str, named: str, place: str
) -> None:
    error = " ".join(text.split()) if place == "error" else ""
    log = tuple(text.splitlines()) if place == "log" else ("Step 1",)
    [cause] = of_build(Runtime(stage="RUNTIME_ERROR", error=error), log, timed_out=False)
    assert named in f"{cause.title} {cause.remedy}"


def test_the_last_of_several_causes_of_a_kind_counts() -> None:
    log = ("No module named 'first'", "ModuleNotFoundError: No module named 'last'")
    assert "last" in of_build(Runtime(stage="x"), log, timed_out=False)[0].title


@pytest.mark.parametrize(("stage", "named"), [("CONFIG_ERROR", "configuration"),
                                              ("NO_APP_FILE", "Dockerfile")])  # fmt: skip
def test_a_stage_that_speaks_for_itself_comes_first(stage: str, named: str) -> None:
    assert named in of_build(Runtime(stage=stage), (), timed_out=False)[0].title


def test_a_timeout_without_any_other_cause_names_time_and_port() -> None:
    [cause] = of_build(Runtime(stage="APP_STARTING"), (), timed_out=True)
    assert "`health-timeout`" in cause.remedy
    assert "7860" in cause.remedy


def test_what_nobody_knows_has_no_cause() -> None:
    assert of_build(Runtime(stage="BUILD_ERROR"), ("hm",), timed_out=False) == ()


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"a":' * 5_000, b"\xff\xfe", b'{"services": {"qdrant": 4', b""]
)
def test_a_hostile_body_does_no_harm(body: bytes) -> None:
    verdict = Verdict(health=Health.UNHEALTHY, reason="x", services=("qdrant", "{0}", "%s", "\\"))
    causes = of_health(verdict, Answer(status=500, body=body), ("{0} \\1",))
    assert all("{" not in cause.title for cause in causes)


def test_no_cause_quotes_the_body_or_more_than_a_name_of_the_log() -> None:
    planted = "pl4nted-value"
    found = causes_of(services(qdrant=f"error: {planted}", gemini=f"error {planted}"))
    found += str(of_build(Runtime(stage="x", error=planted), (planted,), timed_out=True))
    assert planted not in found


@pytest.mark.parametrize("word", ["role ", "a", "a ", "ModuleNotFoundError: No module named '"])
def test_a_long_answer_or_log_is_searched_at_once(word: str) -> None:
    long = word * (400_000 // len(word))
    verdict = Verdict(health=Health.UNHEALTHY, reason="x", services=("postgres",))
    of_health(verdict, Answer(status=500, body=long.encode()), (long,))
    assert of_build(Runtime(stage="x"), (long,), timed_out=False) == ()
