"""Repositories of a given size: a backend with files that ship and many more that don't.

The same seed makes the same files.
"""

from __future__ import annotations

import random
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FILES_PER_FOLDER: Final = 40
DEEPEST: Final = 5
ROUTERS: Final = 20
# What git never enters because a .gitignore says so, and what only a tool's habits tell.
NAMED: Final = ("backend/data/raw", "backend/.artifacts", "backend/models/cache")
KNOWN: Final = ("backend/node_modules", "backend/venv/lib/python3.11/site-packages")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many files ship (``modules`` of them Python), how many don't, and whether a
    ``.gitignore`` names the latter.
    """

    shipped: int
    modules: int
    ignored: int
    seed: int
    gitignore: bool


def make_repository(root: Path, size: Size) -> Path:
    """A git repository below ``root`` whose shipped files are committed."""
    root.mkdir(parents=True)
    chance = random.Random(size.seed)  # noqa: S311 - no secret
    _write_app(root / "backend", size.modules, chance)
    _write_data(root / "backend" / "data", size.shipped - size.modules - 1, chance)
    if size.gitignore:
        (root / ".gitignore").write_text("".join(f"/{place}/\n" for place in NAMED))
    for arguments in (("init", "-q"), ("add", "-A"), (*_PERSON, "commit", "-qm", "A backend")):
        subprocess.run(["git", *arguments], cwd=root, check=True)
    places = [root / place for place in (NAMED if size.gitignore else KNOWN)]
    _fill(places, size.ignored, chance)
    return root


_PERSON: Final = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")


def _write_app(backend: Path, count: int, chance: random.Random) -> None:
    """An app of ``count`` modules: routers and the services that they import."""
    package = backend / "app"
    package.mkdir(parents=True)
    (backend / "requirements.txt").write_text("fastapi\nuvicorn\n")
    (package / "__init__.py").write_text("")
    routers = min(ROUTERS, count)
    names = [f"router_{number}" for number in range(routers)]
    modules = [f"service_{number}" for number in range(max(0, count - routers - 2))]
    for name in modules:
        (package / f"{name}.py").write_text(_service(name, chance))
    for number, name in enumerate(names):
        own = modules[number::routers]
        (package / f"{name}.py").write_text(_router(name, own))
    (package / "main.py").write_text(_main(names))


def _write_data(folder: Path, count: int, chance: random.Random) -> None:
    """Texts of some kilobytes each, as a book or a knowledge base would bring them."""
    folder.mkdir()
    for number in range(count):
        lines = (f"{chance.random()} is a line of part {number}." for _ in range(60))
        (folder / f"part_{number}.md").write_text("\n".join(lines))


def _main(names: list[str]) -> str:
    imports = "".join(f"from app import {name}\n" for name in names)
    included = "".join(f'app.include_router({name}.router, prefix="/api")\n' for name in names)
    health = '@app.get("/api/health")\ndef health():\n    return {"status": "healthy"}\n'
    return f"from fastapi import FastAPI\n{imports}\napp = FastAPI()\n{included}\n\n{health}"


def _router(name: str, services: list[str]) -> str:
    imports = "".join(f"from app.{service} import {service}\n" for service in services)
    routes = "".join(
        f'\n\n@router.get("/{name}/{service}/{{key}}")\ndef read_{service}(key: str):\n'
        f"    return {service}(key)\n"
        for service in services
    )
    return f"from fastapi import APIRouter\n{imports}\nrouter = APIRouter()\n{routes}"


def _service(name: str, chance: random.Random) -> str:
    steps = "".join(
        f'    if key.startswith("{chance.randrange(10)}"):\n        total += {number}\n'
        for number in range(chance.randint(5, 30))
    )
    limit = f'LIMIT = int(os.getenv("{name.upper()}", "1"))'
    function = f"def {name}(key):\n    total = LIMIT\n{steps}    return total\n"
    return f'"""What {name} does."""\n\nimport os\n\n{limit}\n\n\n{function}'


def _fill(places: list[Path], count: int, chance: random.Random) -> None:
    """``count`` small files, in folders of trees that are some levels deep."""
    depth = dict.fromkeys(places, 0)
    written = 0
    while written < count:
        above = chance.choice([*depth] if len(depth) < 50 else places + [*depth][-50:])
        folder = (above if depth[above] < DEEPEST else places[0]) / f"part_{len(depth)}"
        folder.mkdir(parents=True)
        depth[folder] = depth.get(folder.parent, 0) + 1
        here = min(FILES_PER_FOLDER, count - written)
        for number in range(here):
            (folder / f"file_{number}.py").write_text(f"VALUE = {written + number}\n")
        written += here
