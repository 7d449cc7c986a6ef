"""The sites under tests/sites/, built for production by their own tools, from npm."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.real.need import missing
from tests.real.npm import folders, lacks_locked, locked, program

ROOT = Path(__file__).parents[2]
SITES = ROOT / "tests" / "sites"
CACHE = ROOT / ".cache" / "sites"
# Where each tool puts what is to be served.
OUTPUT = {"docusaurus": "build", "nextjs": "out", "vite": "dist"}
# What the tools may keep from one build to the next.
CACHES = ("node_modules", ".next")


def installed(name: str) -> None:
    """Install a site's packages; skip the test when npm's registry is away."""
    if reason := lacks_locked(SITES / name / "package.json", _home(name)):
        missing(reason)


def built(name: str, source: Path, output: Path) -> Path:
    """``output``, with the production build of the site's sources in ``source``.

    The packages stay in the folder above the sources, as in a workspace of several packages.
    """
    with locked(_home(name)):
        site = _fresh(_home(name) / "site", source)
        done = subprocess.run(
            [program("npm"), "run", "build"],
            cwd=site,
            env=_environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        return Path(shutil.copytree(site / OUTPUT[name], output, dirs_exist_ok=True))


def _home(name: str) -> Path:
    return CACHE / name


def _fresh(site: Path, source: Path) -> Path:
    site.mkdir(exist_ok=True)
    for old in site.iterdir():
        if old.name not in CACHES:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    # The tools take the folder that holds the lock for the project's.
    ignored = shutil.ignore_patterns("package-lock.json")
    return Path(shutil.copytree(source, site, ignore=ignored, dirs_exist_ok=True))


def _environment() -> dict[str, str]:
    """Nothing of the machine's: a variable of the build would win over the code's own address.

    Next.js takes no folder for the project's that has the home folder in it.
    """
    quiet = {"CI": "1", "NEXT_TELEMETRY_DISABLED": "1"}
    return {"PATH": folders(), "HOME": str(CACHE / "home"), **quiet}
