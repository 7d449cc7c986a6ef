"""Properties of every rewrite, under random formatting and random code around it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from deployer.frontend import plan_frontend
from deployer.frontend.syntax import parse
from deployer.model import FrontendState
from tests.unit.frontend.clients import DEPLOYED, of, request

SHAPES = (
    "export const API_URL{s}={s}{q}http://localhost:8000{p}{q}{e}",
    "export let apiBase{s}={s}process.env.API_URL{s}||{s}{q}http://localhost:8000{p}{q}{e}",
    "export class ChatClient{s}{{{n}{i}constructor(){s}{{{n}{i}{i}this.baseUrl{s}={s}"
    "{q}http://localhost:8000{p}{q}{e}{n}{i}}}{n}}}",
    "export class ChatClient{s}{{{n}{i}constructor(baseUrl{s}={s}{q}http://127.0.0.1:8000{p}{q})"
    "{s}{{{n}{i}{i}this.baseUrl{s}={s}baseUrl{e}{n}{i}}}{n}}}",
    "export const config{s}={s}{{{n}{i}baseUrl:{s}{q}http://localhost:8000{p}{q},{n}}}{e}",
    "export const API{s}={s}typeof window{s}!=={s}{q}undefined{q}{s}&&{s}window.location.hostname"
    "{s}!=={s}{q}localhost{q}{n}{i}?{s}{q}https://older.hf.space{p}{q}{n}{i}:{s}"
    "{q}http://localhost:8000{p}{q}{e}",
)
AROUND = (
    "",
    "// http://localhost:8000 is the backend{n}",
    "/* é 日本 */{n}{n}",
    "const other{s}={s}{q}http://localhost:5000{q};{n}",
    "function f()\t{{ return 1 }}   {n}",
    "if (true) {{{n}\t\tf(){n}  }}{n}",
    "const text{s}={s}`a${{1}}b`;{n}",
)
PARTS = st.lists(st.sampled_from(AROUND), max_size=3)
FILES = st.sampled_from(["src/api.js", "src/api.ts", "src/api.tsx", "src/api.mjs"])
LAYOUT = st.fixed_dictionaries(
    {
        "q": st.sampled_from(["'", '"', "`"]),
        "n": st.sampled_from(["\n", "\r\n"]),
        "i": st.sampled_from(["  ", "    ", "\t"]),
        "s": st.sampled_from(["", " ", "  "]),
        "p": st.sampled_from(["", "/", "/api", "/api/", "/api/chat?a=1"]),
        "e": st.sampled_from(["", ";"]),
    }
)


def spaced(shape: str, layout: dict[str, str]) -> str:
    """The shape in a layout; words that need a space between them keep one."""
    tight = shape if layout["s"] else shape.replace("window{s}", "window ")
    return tight.format(**layout)


@settings(max_examples=150)
@given(
    path=FILES,
    layout=LAYOUT,
    shape=st.sampled_from(SHAPES),
    around=st.tuples(PARTS, PARTS),
    mark=st.sampled_from(["", "\ufeff"]),
)
def test_formatting_changes_nothing_and_code_around_stays_by_the_byte(
    path: str,
    layout: dict[str, str],
    shape: str,
    around: tuple[list[str], list[str]],
    mark: str,
) -> None:
    before, behind = around
    head = (mark + "".join(spaced(part, layout) for part in before)).encode()
    tail = (layout["n"] + "".join(spaced(part, layout) for part in behind)).encode()
    source = head + spaced(shape, layout).encode() + tail
    if parse(path, source) is None:  # two declarations of one name are no business of ours
        return
    files = of({"package.json": '{"dependencies": {"@docusaurus/core": "3"}}', path: source})

    plan = plan_frontend(request(), files)

    assert plan.state is FrontendState.CHANGE
    [change] = plan.changes
    assert change.after.startswith(head)
    assert change.after.endswith(tail)
    assert (DEPLOYED + layout["p"]).encode() in change.after
    assert b"process" not in change.after
    assert change.after.count(b"\r\n") in (0, change.after.count(b"\n"))
    files.files[path] = change.after
    assert plan_frontend(request(), files).state is FrontendState.CURRENT


PIECES = st.sampled_from(
    [
        *("'http://localhost:8000'", "`http://localhost:8000/${x}`", "process.env.API_URL", "||"),
        *("const API_URL =", "this.baseUrl =", "?", ":", "(", ")", "{", "}", "=>", "return", ";"),
        *("window.location.hostname", "===", "'localhost'", "'https://a.hf.space'", "\n", ",", "!"),
        *("typeof window", "class A", "constructor()", "fetch(", "<A b=", "/>", "as const", "x"),
    ]
)


@settings(max_examples=300)
@given(pieces=st.lists(PIECES, max_size=14), path=FILES)
def test_whatever_stands_in_a_file_the_result_parses_and_is_stable(
    pieces: list[str], path: str
) -> None:
    files = of({path: " ".join(pieces)})

    for change in plan_frontend(request(path), files).changes:
        assert parse(change.path, change.after) is not None
        files.files[change.path] = change.after

    assert plan_frontend(request(path), files).changes == ()
