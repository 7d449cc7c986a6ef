"""Runs the linters of everything that is no Python: workflows, action.yml, Dockerfiles, shell.

A linter that .venv or the machine lacks is named and left out, unless HFSD_REQUIRE_PARTS=1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
BIN: Final = Path(sys.executable).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Linter:
    """A command and the files it is given."""

    command: tuple[str, ...]
    files: tuple[str, ...]


def linters(root: Path) -> Iterator[Linter]:
    """Every linter with the files of ``root`` that it reads."""
    action = ("action.yml", *_files(root, "action/**/action.yml"))
    workflows = _files(root, ".github/workflows/*.yml", "examples/workflows/*.yml")
    yaml = _files(
        root, "*.yml", "action/**/*.yml", ".github/**/*.yml", "examples/**/*.yml", ".yamllint.yml"
    )
    shell = _files(root, ".ci/run", "action/*.sh", "tools/*.sh", "examples/**/*.sh")
    schema = ("check-jsonschema", "--builtin-schema")
    # actionlint does not know the names of Forgejo's runners.
    forgejo = ("examples/elsewhere/forgejo.yml",)
    zizmor = ("zizmor", "--offline", "--quiet", "--config", ".github/zizmor.yml")
    yield Linter(command=zizmor, files=action + workflows + forgejo)
    yield Linter(command=(*schema, "vendor.github-actions"), files=action)
    yield Linter(command=(*schema, "vendor.github-workflows"), files=workflows + forgejo)
    yield Linter(command=(*schema, "vendor.gitlab-ci"), files=("examples/elsewhere/gitlab-ci.yml",))
    yield Linter(command=(*schema, "vendor.dependabot"), files=(".github/dependabot.yml",))
    yield Linter(command=("actionlint",), files=workflows)
    yield Linter(command=("yamllint", "--strict"), files=yaml)
    yield Linter(command=("hadolint",), files=("Dockerfile",))
    yield Linter(command=("shellcheck",), files=shell)


def _files(root: Path, *patterns: str) -> tuple[str, ...]:
    found = {str(path.relative_to(root)) for pattern in patterns for path in root.glob(pattern)}
    return tuple(sorted(name for name in found if "node_modules" not in name))


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}")


def main() -> int:
    """Exit code: 0 when no linter found anything."""
    required = os.environ.get("HFSD_REQUIRE_PARTS") == "1"
    failed = False
    for linter in linters(ROOT):
        name = linter.command[0]
        program = _program(name)
        if program is None:
            print(f"lint: {name} is not installed; {', '.join(linter.files)} were not checked.")
            failed |= required
            continue
        done = subprocess.run([program, *linter.command[1:], *linter.files], cwd=ROOT, check=False)
        if done.returncode:
            print(f"lint: {name} found something in the files above.")
            failed = True
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
