"""The small repositories of tests/backends, each with the bundle that must come out of it.

``<case>/repository/`` is the repository. ``<case>/case.toml`` says in ``case`` what it stands for,
in ``[inputs]`` what a workflow would set beyond ``space``, in ``[expect]`` what must be found and
said, in ``[run]`` what the Space has in its environment and which answers prove the case, and in
``[[file]]`` files that can't lie in a repository of ours as they are.
"""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from deployer.adapters.disk import Workspace
from deployer.bundle import BundleRequest, build_bundle
from deployer.model import Bundle, SpaceId

FOLDER = Path(__file__).parents[1] / "backends"


@dataclass(frozen=True)
class Case:
    """One repository and what is expected of it."""

    folder: Path

    @cached_property
    def table(self) -> Mapping[str, Any]:
        return tomllib.loads((self.folder / "case.toml").read_text())

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def expect(self) -> Mapping[str, Any]:
        return self.table["expect"]

    @property
    def run(self) -> Mapping[str, Any]:
        return self.table.get("run", {})

    @property
    def python(self) -> str:
        return str(self.expect.get("python", "3.11"))

    @property
    def answers(self) -> Mapping[str, str]:
        """Paths, and text that their answers hold; the health path first."""
        return {self.expect["health"]: "", **self.run.get("answers", {})}

    def write(self, root: Path) -> Path:
        """The repository in a folder of its own."""
        shutil.copytree(
            self.folder / "repository", root, ignore=shutil.ignore_patterns("__pycache__")
        )
        for file in self.table.get("file", ()):
            _write(root / file["path"], file)
        return root

    def plan(self, root: Path) -> Bundle:
        """The bundle of the repository at ``root``, with no input beyond what the case sets."""
        name = SpaceId(owner="me", name=self.name)
        return build_bundle(
            BundleRequest(space=name, **self.table.get("inputs", {})), Workspace(root)
        )


def _write(path: Path, file: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if "link" in file:
        path.symlink_to(file["link"])
        return
    text = file["text"].replace("\n", file.get("newline", "\n"))
    path.write_bytes(
        file.get("mark", "").encode("latin-1") + text.encode(file.get("encoding", "utf-8"))
    )


def write_bundle(bundle: Bundle, root: Path, target: Path) -> Path:
    """The bundle's files, and nothing else, in an empty folder: what the Space's clone would be."""
    for file in bundle.files:
        place = target / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        copied = (root / file.source).read_bytes() if file.source else b""
        place.write_bytes(copied if file.content is None else file.content)
    return target


CASES = [Case(path.parent) for path in sorted(FOLDER.glob("*/case.toml"))]
