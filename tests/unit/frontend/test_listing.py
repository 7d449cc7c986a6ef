"""Which files are looked at: those that a person names count, wherever else they are met."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.adapters.disk import Workspace
from deployer.frontend import FrontendRequest, plan_frontend
from deployer.frontend.listing import list_files
from deployer.model import FrontendState

CLIENT = 'export const API = "http://localhost:8000";\nfetch(`${API}/api/chat`);\n'
LONG = CLIENT + "// a line of a comment, and many more\n" * 12_000


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    texts = {
        "src/api.test.js": CLIENT,
        "src/long.js": LONG,
        ".github/site/api.js": CLIENT,
        ".github/api.js": CLIENT,
        ".github/workflows/api.js": CLIENT,
    }
    for path, text in texts.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return Workspace(tmp_path)


def changed(workspace: Workspace, paths: tuple[str, ...] | None) -> tuple[str, ...]:
    request = FrontendRequest(
        paths=paths, backend_folder="backend", backend_url="https://ada-bot.hf.space"
    )
    plan = plan_frontend(request, workspace)
    assert (plan.state is FrontendState.CHANGE) == bool(plan.changes)
    return tuple(change.path for change in plan.changes)


@pytest.mark.parametrize("name", ["src/api.test.js", "src/long.js"])
def test_a_named_file_counts_before_and_after_its_folder(workspace: Workspace, name: str) -> None:
    assert changed(workspace, ("src",)) == ()
    assert changed(workspace, (name, "src")) == changed(workspace, ("src", name)) == (name,)


def test_a_file_is_listed_once(workspace: Workspace) -> None:
    listed = list_files(workspace, ("src", "src/long.js", "."), "backend")
    paths = [file.path for file in listed]
    assert len(paths) == len(set(paths))


def test_a_frontend_below_github_s_folder_is_found_when_it_is_named(workspace: Workspace) -> None:
    assert changed(workspace, (".github/site",)) == (".github/site/api.js",)
    assert changed(workspace, None) == ()
