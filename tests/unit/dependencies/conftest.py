"""What the Space installs, decided from manifests in a temporary workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from deployer.adapters.disk import Workspace
from deployer.dependencies.manifest import Dependencies, find_manifest, install
from deployer.errors import Problem, Refused
from tests.unit.bundle.conftest import Content, plan, refused, write

__all__ = ["plan", "refused"]

HASH = "sha256:" + "a" * 64
OTHER = "sha256:" + "b" * 64
Installer = Callable[..., "Made"]
Failing = Callable[..., tuple[Problem, ...]]


class Made:
    """What is installed, with the texts of its files."""

    def __init__(self, found: Dependencies) -> None:
        self.found = found
        self.text = found.files[found.main].decode()
        self.second = found.files[found.also[0]].decode() if found.also else ""
        self.notices = "\n".join(str(notice) for notice in found.notices)

    @property
    def pins(self) -> list[str]:
        """The requirements of the first file, hashes and options less."""
        lines = [line.removesuffix(" \\") for line in self.text.splitlines()]
        return [line for line in lines if line and line[0].isalnum()]


@pytest.fixture
def made(tmp_path: Path) -> Installer:
    """Write the manifests and decide what ``backend`` installs."""

    def decide(files: Mapping[str, Content], *imports: str, python: str = "3.11") -> Made:
        write(tmp_path, files)
        needed = frozenset(imports or ("fastapi",))
        chosen = find_manifest(Workspace(tmp_path), "backend", needed)
        assert chosen is not None
        return Made(install(chosen, python))

    return decide


@pytest.fixture
def failing(made: Installer) -> Failing:
    """The problems of manifests that can't be installed from."""

    def decide(files: Mapping[str, Content], *imports: str, **given: Any) -> tuple[Problem, ...]:
        with pytest.raises(Refused) as caught:
            made(files, *imports, **given)
        return caught.value.problems

    return decide
