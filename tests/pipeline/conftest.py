"""Scenes that many tests begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.context import Context
from deployer.errors import Exit
from deployer.model import Status
from tests.fakes.repo import FakeRepo
from tests.fakes.world import make_world
from tests.pipeline.scene import FILES, Scene


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    repo = FakeRepo({path: text.encode() for path, text in FILES.items()})
    context = Context(
        workspace=str(tmp_path),
        repository="tester/rag",
        sha="a" * 40,
        branch="main",
        run_url="https://github.com/tester/rag/actions/runs/1",
    )
    return Scene(root=tmp_path, repo=repo, fakes=make_world(tmp_path, repo), context=context)


@pytest.fixture
def deployed(scene: Scene) -> Scene:
    """v1 serves and is healthy, the client calls it."""
    report = scene.run(secrets="GEMINI_API_KEY", variables="COLLECTION=book")
    assert (report.status, report.exit) == (Status.HEALTHY, Exit.DONE), report.problems
    return scene
