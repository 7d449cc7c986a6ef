"""Small backends written to a temporary workspace, planned through the real disk adapter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from deployer.adapters.disk import Workspace
from deployer.bundle import BundleRequest, build_bundle
from deployer.errors import Problem, Refused
from deployer.model import Bundle, BundleFile, SpaceId

APP = (
    "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/health')\n"
    "def health():\n    ...\n"
)
MINIMAL = {"backend/main.py": APP, "backend/requirements.txt": "fastapi\nuvicorn\n"}

Content = str | bytes


class Plan:
    """One planned bundle and questions to it."""

    def __init__(self, bundle: Bundle, root: Path) -> None:
        self.bundle = bundle
        self.backend = bundle.backend
        self._root = root
        self._files = {file.path: file for file in bundle.files}

    @property
    def paths(self) -> set[str]:
        return set(self._files)

    def file(self, path: str) -> BundleFile:
        return self._files[path]

    def content(self, path: str) -> bytes:
        file = self._files[path]
        if file.content is not None:
            return file.content
        assert file.source is not None
        return (self._root / file.source).read_bytes()

    def text(self, path: str) -> str:
        return self.content(path).decode()

    @property
    def left_out(self) -> dict[str, tuple[str, str]]:
        return {item.path: (item.rule, item.origin) for item in self.bundle.left_out}

    @property
    def notices(self) -> str:
        return "\n".join(str(notice) for notice in self.bundle.notices)


Planner = Callable[..., Plan]


def write(root: Path, files: Mapping[str, Content]) -> None:
    for path, content in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.fixture
def plan(tmp_path: Path) -> Planner:
    """Write files and plan the bundle of the workspace they make."""

    def make(files: Mapping[str, Content], **inputs: Any) -> Plan:
        write(tmp_path, files)
        request = BundleRequest(space=SpaceId(owner="me", name="rag-chatbot"), **inputs)
        return Plan(build_bundle(request, Workspace(tmp_path)), tmp_path)

    return make


@pytest.fixture
def refused(plan: Planner) -> Callable[..., tuple[Problem, ...]]:
    """Plan what must be refused; its problems."""

    def make(files: Mapping[str, Content], **inputs: Any) -> tuple[Problem, ...]:
        with pytest.raises(Refused) as caught:
            plan(files, **inputs)
        return caught.value.problems

    return make
