"""Every client of tests/frontends/rewritten is rewritten and then executed."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from deployer.frontend import plan_frontend, redo
from deployer.model import FrontendPlan, FrontendState
from tests.unit.frontend import browser
from tests.unit.frontend.browser import LOCAL, NO_LOCATION, NO_WINDOW, NOT_LOCAL, PUBLIC, Run
from tests.unit.frontend.clients import DEPLOYED, Client, Workspace, clients, request

REWRITTEN = {client.name: client for client in clients("rewritten")}
UNTOUCHED = {client.name: client for client in clients("untouched")}
ANOTHER = "https://bob-other.hf.space"
# Configuration and server code ask `process`, or what Vite puts in the place of its own names.
BUILT = {
    "production": {"import.meta.env.PROD": "true"},
    "development": {"import.meta.env.PROD": "false"},
}
INLINED = re.compile(r"(?:process|import\.meta)\.env\.((?:NEXT_PUBLIC|VITE|REACT_APP)_\w+)")


@functools.cache
def planned(name: str, url: str = DEPLOYED) -> FrontendPlan:
    return plan_frontend(request(url=url), Workspace(dict(REWRITTEN[name].files)))


def rewritten(name: str, url: str = DEPLOYED) -> dict[str, bytes]:
    changed = {change.path: change.after for change in planned(name, url).changes}
    return {**REWRITTEN[name].files, **changed}


@dataclass(frozen=True)
class Check:
    """One execution and what it must give; None: anything but an exception."""

    client: str
    run: Run
    expected: str | None


def checks(client: Client) -> Iterator[Check]:
    for check in client.case["checks"]:
        for page, place in worlds(check):
            yield Check(client.name, run(client, check, page, place), expected(check, place))


def worlds(check: Mapping[str, Any]) -> Iterator[tuple[str | None, str]]:
    if check.get("config"):
        return iter([(NO_WINDOW, "production"), (NO_WINDOW, "development")])
    hosts = [(page, "local") for page in LOCAL]
    public = [(page, "production") for page in (PUBLIC, *NOT_LOCAL)]
    # A test that the client brought may ask a `window` without `location`, as it did before.
    bare = [] if check.get("own_test") else [(NO_LOCATION, "anything")]
    away = [] if check.get("browser") else [(NO_WINDOW, "server"), *bare]
    return iter([*public, *hosts, *away])


def run(client: Client, check: Mapping[str, Any], page: str | None, place: str) -> Run:
    source = code(client, check)
    package = client.files.get("package.json", b"").decode()
    bundled = not check.get("raw") and {"next", "vite", "react-scripts"} & set(
        re.findall(r'"([\w/@-]+)": "\*"', package)
    )
    given = check.get("defines", {})
    define = {
        m[0]: repr(given[m[1]]) if m[1] in given else "undefined" for m in INLINED.finditer(source)
    }
    define["process.env.NODE_ENV"] = repr("production")
    define["import.meta.env"] = repr(given)  # the rest of it, when it is taken apart
    return Run(
        code=source,
        probe=check["probe"],
        page=page,
        typescript=check["file"].endswith((".ts", ".tsx", ".vue", ".astro", ".svelte")),
        define=BUILT[place] if check.get("config") else define if bundled else {},
        env={"NODE_ENV": place} if check.get("config") else None,
    )


def code(client: Client, check: Mapping[str, Any]) -> str:
    """The script of a file, behind the module that it imports."""
    files = rewritten(client.name)
    source = files[check["file"]].decode()
    if check.get("fenced"):
        source = source.split("---")[1]
    elif check["file"].endswith((".html", ".vue", ".astro", ".svelte")):
        source = re.findall(r"^<script(?:[^>]*)>(.*?)</script>", source, re.S | re.M)[-1]
    imported = files[check["imports"]].decode() if "imports" in check else ""
    return imported + source


def expected(check: Mapping[str, Any], place: str) -> str | None:
    if place == "anything" or (place == "local" and check.get("local_any")):
        return None
    if "fixed" in check:
        return str(check["fixed"])
    place = check.get("server", "production") if place == "server" else place
    local = check.get("local", "http://localhost:8000")
    base = DEPLOYED if place == "production" else local
    base = base.replace("http", "ws", 1) if check.get("websocket") else base
    return base + str(check.get("suffix", ""))


@functools.cache
def outcomes() -> dict[str, list[tuple[Check, dict[str, Any]]]]:
    everything = [check for client in REWRITTEN.values() for check in checks(client)]
    runs = [check.run for check in everything]
    found: dict[str, list[tuple[Check, dict[str, Any]]]] = {}
    for check, outcome in zip(everything, browser.execute(runs), strict=True):
        found.setdefault(check.client, []).append((check, outcome))
    return found


@pytest.mark.parametrize("name", REWRITTEN)
def test_the_rewritten_client_finds_the_backend_from_everywhere(name: str) -> None:
    # A client without checks is a component that Node can't run: its text is checked below.
    for check, outcome in outcomes().get(name, []):
        assert "error" not in outcome, (check.run.page, outcome, check.run.code)
        if check.expected is not None:
            assert outcome["value"] == check.expected, (check.run.page, check.run.code)


@pytest.mark.parametrize("name", REWRITTEN)
def test_the_client_is_changed_without_a_doubt(name: str) -> None:
    plan = planned(name)

    assert plan.state is FrontendState.CHANGE, plan.notices
    assert plan.changes


@pytest.mark.parametrize("name", REWRITTEN)
def test_a_second_run_changes_nothing(name: str) -> None:
    again = plan_frontend(request(), Workspace(rewritten(name)))

    assert again.changes == ()
    assert again.state is FrontendState.CURRENT


@pytest.mark.parametrize("name", REWRITTEN)
def test_for_another_space_only_the_url_changes(name: str) -> None:
    files = rewritten(name)
    again = plan_frontend(request(url=ANOTHER), Workspace(dict(files)))

    assert {change.path: change.after for change in again.changes} == {
        path: content.replace(b"ada-bot.hf.space", b"bob-other.hf.space")
        for path, content in files.items()
        if b"ada-bot.hf.space" in content
    }


@pytest.mark.parametrize("name", REWRITTEN)
def test_redone_on_the_same_files_it_gives_the_same_change(name: str) -> None:
    plan = planned(name)

    assert redo(plan, request(), REWRITTEN[name].files.get) == plan


@pytest.mark.parametrize("name", REWRITTEN)
def test_line_ends_byte_order_mark_and_final_newline_stay(name: str) -> None:
    for change in planned(name).changes:
        if change.before is None:
            assert change.after.endswith(b"\n")
            continue
        before = change.before
        assert change.after.startswith(b"\xef\xbb\xbf") == before.startswith(b"\xef\xbb\xbf")
        assert change.after.endswith(b"\n") == before.endswith(b"\n")
        crlf = change.after.count(b"\r\n")
        assert crlf in (0, change.after.count(b"\n"))
        assert bool(crlf) == (b"\r\n" in before)


@pytest.mark.parametrize("name", REWRITTEN)
def test_no_process_is_left_that_nothing_fills_in(name: str) -> None:
    keeps = REWRITTEN[name].case.get("keeps", [])
    for change in planned(name).changes:
        text = change.after.decode()
        for kept in keeps:
            assert kept in text
            text = text.replace(kept, "")
        if REWRITTEN[name].case.get("server"):
            text = text.replace("process.env.NODE_ENV === 'production'", "")
        assert "process" not in text or ".config." in change.path


@pytest.mark.parametrize("name", UNTOUCHED)
def test_a_look_alike_stays_as_it_is(name: str) -> None:
    plan = plan_frontend(request(), Workspace(dict(UNTOUCHED[name].files)))

    assert plan.changes == ()
    assert plan.state is FrontendState.NONE


def test_text_that_a_client_must_contain_is_there() -> None:
    for client in REWRITTEN.values():
        for path, parts in client.case.get("contains", {}).items():
            assert all(part in rewritten(client.name)[path].decode() for part in parts)
        for path, parts in client.case.get("lacks", {}).items():
            assert not any(part in rewritten(client.name)[path].decode() for part in parts)


def test_old_javascript_stays_old() -> None:
    code = rewritten("function-constructor-old-javascript")["js/chat.js"].decode()

    assert "var isProduction" in code
    assert not re.search(r"\bconst\b|\blet\b|=>|`|\?\.", code)
