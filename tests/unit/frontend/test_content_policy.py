"""Content security policies that would block the calls of the rewritten client."""

from __future__ import annotations

import pytest

from deployer.frontend import plan_frontend
from tests.unit.frontend.clients import of, request

CLIENT = "export const API_URL = 'http://localhost:8000';\n"


def blocked(policy: str, path: str = "public/_headers") -> list[str]:
    files = {"package.json": '{"dependencies": {"vite": "*"}}', "src/api.js": CLIENT}
    plan = plan_frontend(request(), of({**files, path: policy}))
    assert [change.path for change in plan.changes] == ["src/api.js"]
    return [str(notice) for notice in plan.notices]


def test_a_policy_that_names_other_hosts_is_named_with_the_source_to_add() -> None:
    policy = "/*\n  Content-Security-Policy: default-src 'self'; connect-src 'self' *.old.dev\n"

    assert blocked(policy) == [
        "public/_headers:2: This policy's connect-src keeps the browser from calling "
        "https://ada-bot.hf.space. Add to it: https://ada-bot.hf.space"
    ]


@pytest.mark.parametrize("path", ["vercel.json", "netlify.toml", "index.html", "next.config.js"])
def test_it_is_found_wherever_policies_are_written(path: str) -> None:
    text = "// connect-src 'self'" if path.endswith(".js") else "<!-- connect-src 'self' -->"

    assert len(blocked(text, path)) == 1


@pytest.mark.parametrize(
    "sources",
    ["'self' https:", "*", "https://ada-bot.hf.space", "https://*.hf.space;", "ada-bot.hf.space"],
)
def test_a_policy_that_lets_the_space_be_called_is_fine(sources: str) -> None:
    assert (
        blocked(f"/*\n  Content-Security-Policy: default-src 'self'; connect-src {sources}") == []
    )


def test_without_connect_src_the_default_counts() -> None:
    [notice] = blocked("/*\n  Content-Security-Policy: default-src 'self'; img-src *\n")

    assert "default-src" in notice
