"""Addresses that are put together, and can't be followed."""

from __future__ import annotations

import pytest

from deployer.frontend import plan_frontend
from tests.unit.frontend.clients import of, request

CALL = "export const call = (base) => fetch(`${base}/api/chat`);\n"


def places(source: str) -> list[str]:
    files = of({"package.json": '{"dependencies": {"vite": "*"}}', "src/a.js": source + CALL})
    plan = plan_frontend(request(), files)
    assert plan.changes == ()
    return [str(notice.where) for notice in plan.notices if "put together" in notice.message]


@pytest.mark.parametrize(
    "source",
    [
        "export const base = `${location.protocol}//${window.location.hostname}:8000`;\n",
        "export const base = location.protocol + '//' + location.hostname + ':8000';\n",
        "const scheme = secure ? 'wss' : 'ws';\nexport const url = `${scheme}://localhost:8000/x`;\n",
        "export const base = `http://localhost:${import.meta.env.VITE_PORT || 8000}`;\n",
        "export const HOST = 'localhost:8000';\n",
    ],
)
def test_an_address_that_cannot_be_followed_is_named(source: str) -> None:
    assert places(source) == [f"src/a.js:{source.count(chr(10))}"]


@pytest.mark.parametrize(
    "source",
    [
        "export const base = `${location.protocol}//${location.hostname}:9000`;\n",
        "export const hosts = ['localhost:8000'];\n",
        "export const here = location.host === 'localhost:8000';\n",
        "// `${location.hostname}:8000`\n",
        "export const HOST = 'localhost:80000';\n",
    ],
)
def test_what_only_looks_like_one_is_not_spoken_of(source: str) -> None:
    assert places(source) == []


def test_another_host_that_is_put_together_stays() -> None:
    host = "const HOST = 'x.onrender.com:8000';\n"

    assert places(host + "export const ask = () => fetch(`https://${HOST}/api/chat`);\n") == []


@pytest.mark.parametrize(
    ("source", "written"),
    [
        (
            "export const base = `http://${location.hostname}:8000/api`;\n",
            "'http://localhost:8000/api' : 'https://ada-bot.hf.space/api'",
        ),
        (
            "export const open = (s) => new WebSocket(`${s}://localhost:8000/ws/${id}`);\n",
            "'ws://localhost:8000/ws/' : 'wss://ada-bot.hf.space/ws/'",
        ),
    ],
)
def test_the_line_to_write_has_its_path_and_scheme(source: str, written: str) -> None:
    files = of({"package.json": '{"dependencies": {"vite": "*"}}', "src/a.js": source + CALL})
    (notice,) = (n for n in plan_frontend(request(), files).notices if "by hand" in n.hint)
    assert notice.hint.endswith(f"? {written}")
