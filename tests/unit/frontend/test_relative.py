"""Clients that call the backend's routes on their own host."""

from __future__ import annotations

import pytest

from deployer.frontend import plan_frontend
from tests.unit.frontend.clients import DEPLOYED, of, request

CALL = "export const a = 1;\nexport const ask = () => fetch('/api/chat');\n"


def hints(files: dict[str, str], framework: str = "vite") -> list[str]:
    package = f'{{"dependencies": {{"{framework}": "*"}}}}'
    plan = plan_frontend(request(), of({"package.json": package, **files}))
    assert plan.changes == ()
    return [f"{notice.where} {notice.message} {notice.hint}" for notice in plan.notices]


def test_a_call_that_nothing_sends_on_is_named_with_the_rewrite_to_add() -> None:
    [hint] = hints({"src/ask.ts": CALL})

    assert hint.startswith("src/ask.ts:2 The client calls /api/chat on its own host")
    rule = f'"source": "/api/:path*", "destination": "{DEPLOYED}/api/:path*"'
    assert f'On Vercel add to `vercel.json`: "rewrites": [{{ {rule} }}]' in hint


def test_a_development_proxy_sends_nothing_on_in_production() -> None:
    proxy = "export default { server: { proxy: { '/api': 'http://localhost:8000' } } };\n"

    [hint] = hints({"src/ask.ts": CALL, "vite.config.ts": proxy})

    assert "which only a development proxy sends on" in hint


def test_where_netlify_builds_the_line_is_netlifys() -> None:
    [hint] = hints({"src/ask.ts": CALL, "netlify.toml": "[build]\n"})

    assert f"`public/_redirects`: /api/* {DEPLOYED}/api/:splat 200" in hint


def test_for_nextjs_the_line_is_its_configurations() -> None:
    [hint] = hints({"src/ask.ts": CALL}, "next")

    rule = f"{{ source: '/api/:path*', destination: '{DEPLOYED}/api/:path*' }}"
    assert f"async rewrites() {{ return [{rule}]; }}" in hint


@pytest.mark.parametrize(
    ("framework", "beside"),
    [
        ("next", {"app/api/chat/route.ts": "export const POST = () => new Response('ok');\n"}),
        ("next", {"src/pages/api/chat.ts": "export default () => null;\n"}),
        ("next", {"next.config.js": "module.exports = { rewrites: async () => rules };\n"}),
        (
            "vite",
            {"vercel.json": '{"rewrites": [{"source": "/a", "destination": "https://b.c/"}]}'},
        ),
        ("vite", {"nginx.conf": "location /api/ { proxy_pass http://backend:8000; }\n"}),
        ("vite", {"src/http.ts": "axios.defaults.baseURL = API_BASE;\n"}),
        ("vite", {"vite.config.ts": "export default { build: { outDir: '../backend/web' } };\n"}),
    ],
)
def test_a_call_that_something_answers_is_not_spoken_of(
    framework: str, beside: dict[str, str]
) -> None:
    assert hints({"src/ask.ts": CALL, **beside}, framework) == []


def test_a_path_that_is_no_route_of_the_backend_is_not_spoken_of() -> None:
    assert hints({"src/ask.ts": "fetch('/data.json'); fetch('/api/chatter');\n"}) == []


def variable_file(hosting: dict[str, str]) -> list[str]:
    source = "const API_URL = import.meta.env.VITE_API_URL ?? '';\nfetch(`${API_URL}/api/chat`);\n"
    package = '{"dependencies": {"vite": "*"}}'
    plan = plan_frontend(request(), of({"package.json": package, "src/a.js": source, **hosting}))
    return [change.path for change in plan.changes]


def test_a_client_that_is_relative_by_choice_stays_so_where_its_calls_are_sent_on() -> None:
    rewrite = '{"rewrites": [{"source": "/api/(.*)", "destination": "%s/api/$1"}]}'

    assert variable_file({"vercel.json": rewrite % "http://localhost:8000"}) == ["vercel.json"]
    assert variable_file({"vercel.json": rewrite % DEPLOYED}) == []
    assert variable_file({}) == [".env.production"]
