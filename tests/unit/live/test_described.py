"""The routes that an app tells of itself; whatever else an answer holds, there are none."""

from __future__ import annotations

import json

import pytest

from deployer.live.described import MOST, routes_of
from deployer.model import Answer


def described(paths: object, status: int = 200) -> Answer:
    return Answer(status=status, body=json.dumps({"paths": paths}).encode())


def test_methods_and_paths_are_taken_in_their_order() -> None:
    paths = {"/chat": {"post": {}, "parameters": []}, "/api/health": {"get": {}, "head": {}}}
    found = [(route.method, route.path) for route in routes_of(described(paths))]
    assert found == [("POST", "/chat"), ("GET", "/api/health")]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=0, error="no answer"),
        Answer(status=200, body=b"<html>"),
        Answer(status=200, body=b"[" * 100_000),
        Answer(status=200, body=b"[1]"),
        Answer(status=200, body=b'{"paths": null}'),
        described({"/chat": "post"}),
        described({"/chat": 7}),
        described({"/chat": {"post": {}}}, status=404),
        described({"no slash": {"get": {}}, "/a\r\nHost: b": {"get": {}}, "/a b": {"get": {}}}),
    ],
)
def test_anything_else_has_no_routes(answer: Answer) -> None:
    assert routes_of(answer) == ()


def test_of_a_huge_description_the_first_ones_do() -> None:
    assert len(routes_of(described({f"/{n}": {"get": {}} for n in range(9_000)}))) == MOST
