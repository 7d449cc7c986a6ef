"""CORS answers are judged as a browser judges them."""

from __future__ import annotations

import pytest

from deployer.live.cors import Asked, chat_route, judge, requests_from
from deployer.model import Answer, Route

ORIGIN = "https://app.example"
SIMPLE = Asked(origin=ORIGIN, path="/health")
PREFLIGHT = Asked(origin=ORIGIN, path="/chat", wants="POST")
ALLOW = "access-control-allow-"


def answer(status: int = 200, location: str = "", **given: str) -> Answer:
    headers = {f"{ALLOW}{name}": value for name, value in given.items()}
    return Answer(status=status, headers=headers, location=location)


GOOD = {"origin": ORIGIN, "methods": "GET, POST", "headers": "Content-Type"}


@pytest.mark.parametrize("asked", [SIMPLE, PREFLIGHT])
@pytest.mark.parametrize("origin", [ORIGIN, "*"])
def test_an_allowed_origin_gets_through(asked: Asked, origin: str) -> None:
    judged = judge(asked, answer(**{**GOOD, "origin": origin}), credentials=False)
    assert (judged.blocked, judged.unknown) == ("", "")


@pytest.mark.parametrize(
    "origin", ["https://app.example/", "https://APP.example", "http://app.example", "null"]
)
def test_another_origin_is_named(origin: str) -> None:
    assert origin in judge(SIMPLE, answer(origin=origin), credentials=False).blocked


def test_two_origins_in_one_header_let_nobody_in() -> None:
    given = answer(origin=f"{ORIGIN}, https://other.example")
    assert judge(SIMPLE, given, credentials=False).blocked


def test_an_answer_without_the_header_is_blocked() -> None:
    assert "without" in judge(SIMPLE, answer(), credentials=False).blocked


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"origin": "*", "credentials": "true"}, "with credentials"),
        ({"origin": ORIGIN}, "Allow-Credentials"),
        ({"origin": ORIGIN, "credentials": "True"}, "Allow-Credentials"),
    ],
)
def test_credentials_need_more(given: dict[str, str], said: str) -> None:
    assert said in judge(SIMPLE, answer(**given), credentials=True).blocked


def test_with_credentials_a_star_is_no_wildcard_for_headers() -> None:
    given = answer(**{**GOOD, "credentials": "true", "headers": "*"})
    assert "Allow-Headers" in judge(PREFLIGHT, given, credentials=True).blocked
    assert not judge(PREFLIGHT, answer(**{**GOOD, "headers": "*"}), credentials=False).blocked


def test_a_preflight_that_answers_an_error_blocks() -> None:
    assert "HTTP 400" in judge(PREFLIGHT, answer(400, **GOOD), credentials=False).blocked


def test_a_preflight_is_never_redirected() -> None:
    given = answer(307, location="https://x.example/chat/", **GOOD)
    assert "redirect" in judge(PREFLIGHT, given, credentials=False).blocked


def test_a_header_that_is_not_allowed_blocks() -> None:
    given = answer(**{**GOOD, "headers": "authorization"})
    assert "content-type" in judge(PREFLIGHT, given, credentials=False).blocked


def test_post_needs_no_permission_by_name_and_put_does() -> None:
    given = answer(**{**GOOD, "methods": ""})
    assert not judge(PREFLIGHT, given, credentials=False).blocked
    put = Asked(origin=ORIGIN, path="/chat", wants="PUT")
    assert "PUT" in judge(put, given, credentials=False).blocked


@pytest.mark.parametrize("status", [404, 405, 401])
def test_a_simple_request_is_judged_by_its_headers_alone(status: int) -> None:
    assert not judge(SIMPLE, answer(status, **GOOD), credentials=False).blocked


@pytest.mark.parametrize("status", [0, 429, 500, 502, 503])
def test_no_usable_answer_is_no_verdict(status: int) -> None:
    judged = judge(PREFLIGHT, answer(status), credentials=False)
    assert judged.unknown
    assert not judged.blocked


def test_the_chat_route_is_asked_beside_the_health_path() -> None:
    routes = [Route(method="POST", path="/api/upload"), Route(method="POST", path="/api/chat")]
    asked = requests_from(ORIGIN, "/health", routes)
    assert [(each.method, each.path, each.wants) for each in asked] == [
        ("GET", "/health", ""),
        ("OPTIONS", "/health", "GET"),
        ("GET", "/api/chat", ""),
        ("OPTIONS", "/api/chat", "POST"),
    ]


def test_a_route_with_parameters_is_no_chat_route() -> None:
    assert chat_route([Route(method="POST", path="/chat/{id}")]) is None


@pytest.mark.parametrize("status", [401, 403])
def test_a_login_before_cors_says_nothing_but_refuses_a_preflight(status: int) -> None:
    simple = judge(SIMPLE, answer(status), credentials=False)
    assert (simple.blocked, simple.unknown) == ("", f"HTTP {status}, it asks for a login first")
    assert judge(PREFLIGHT, answer(status), credentials=False).blocked


def test_a_login_that_names_another_origin_is_blocked() -> None:
    assert judge(SIMPLE, answer(401, origin="https://x.example"), credentials=False).blocked
