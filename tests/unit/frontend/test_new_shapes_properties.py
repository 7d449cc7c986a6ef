"""Random formatting of composed addresses, server code and shared literals changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployer.frontend import plan_frontend
from deployer.frontend.syntax import parse
from deployer.model import FrontendState
from tests.unit.frontend.clients import DEPLOYED, of, request

SHAPES = {
    "host": (
        "vite",
        "src/api.js",
        "const HOST{s}={s}{q}localhost:8000{q};{n}export const ask{s}={s}(){s}=>{s}{n}{i}"
        "fetch(`http://${{HOST}}/api/chat{p}`){e}",
        "https://ada-bot.hf.space",
    ),
    "port": (
        "vite",
        "src/api.ts",
        "const PORT{s}={s}8000;{n}export const API_URL{s}={s}{q}http://localhost:{q}{s}+{s}PORT"
        "{s}+{s}{q}/api{q}{e}",
        "https://ada-bot.hf.space",
    ),
    "handler": (
        "next",
        "app/api/chat/route.ts",
        "export async function POST(){s}{{{n}{i}return fetch({q}http://localhost:8000/api/chat{p}{q})"
        "{e}{n}}}",
        "process.env.NODE_ENV",
    ),
    "fences": (
        "astro",
        "src/pages/index.astro",
        "---{n}const API_URL{s}={s}{q}http://localhost:8000{q}{e}{n}"
        "const a{s}={s}fetch(`${{API_URL}}/api/chat`){e}{n}---{n}<p>http://localhost:8000</p>",
        "import.meta.env.PROD",
    ),
}
LAYOUT = st.fixed_dictionaries(
    {
        "q": st.sampled_from(["'", '"']),
        "n": st.sampled_from(["\n", "\r\n"]),
        "i": st.sampled_from(["  ", "    ", "\t"]),
        "s": st.sampled_from(["", " ", "  "]),
        "p": st.sampled_from(["", "?a=1"]),
        "e": st.sampled_from(["", ";"]),
    }
)
TAILS = st.lists(
    st.sampled_from(["// http://localhost:8000{n}", "{n}", "/* é {q} */{n}", "<!-- é -->{n}"]),
    max_size=3,
)


@pytest.mark.parametrize("name", SHAPES)
@settings(max_examples=60)
@given(layout=LAYOUT, tails=TAILS, mark=st.sampled_from(["", "\ufeff"]))
def test_formatting_changes_nothing_and_code_behind_stays_by_the_byte(
    name: str, layout: dict[str, str], tails: list[str], mark: str
) -> None:
    framework, path, shape, written = SHAPES[name]
    tail = (layout["n"] + "".join(tails).format(**layout)).encode()
    source = (mark + shape.format(**layout)).encode() + tail
    if parse(path, source) is None:
        return
    package = f'{{"dependencies": {{"{framework}": "*"}}}}'
    files = of({"package.json": package, path: source})

    plan = plan_frontend(request(), files)

    assert plan.state is FrontendState.CHANGE
    [change] = plan.changes
    assert change.after.endswith(tail)
    assert change.after.startswith(mark.encode())
    assert DEPLOYED.encode() in change.after
    assert written.encode() in change.after
    files.files[path] = change.after
    assert plan_frontend(request(), files).state is FrontendState.CURRENT


@settings(max_examples=60)
@given(
    layouts=st.lists(LAYOUT, min_size=3, max_size=4),
    heads=st.lists(
        st.sampled_from(["", "'use client'{e}{n}", "import x from {q}x{q};{n}", "/* é */{n}"]),
        min_size=4,
        max_size=4,
    ),
)
def test_of_files_that_share_a_literal_only_the_literal_goes(
    layouts: list[dict[str, str]], heads: list[str]
) -> None:
    shape = "export const ask{s}={s}(){s}=>{n}{i}fetch({q}http://localhost:8000/api/chat{q}){e}{n}"
    sources = {
        f"src/f{number}.js": (heads[number] + shape).format(**layout)
        for number, layout in enumerate(layouts)
    }
    files = of({"package.json": '{"dependencies": {"vite": "*"}}', **sources})

    plan = plan_frontend(request(), files)

    assert [change.path for change in plan.changes] == ["src/backendUrl.js", *sources]
    for change in plan.changes[1:]:
        lines = [line for line in change.after.decode().splitlines(True) if "BACKEND" not in line]
        before = (change.before or b"").decode().splitlines(True)
        assert [line for line in lines if line.strip()] == [
            line for line in before if line.strip() and "localhost" not in line
        ]
        assert b"localhost" not in change.after
        files.files[change.path] = change.after
    files.files["src/backendUrl.js"] = plan.changes[0].after
    assert plan_frontend(request(), files).state is FrontendState.CURRENT
