"""The Space's card: README.md with its front matter, and the port that it tells the Hub."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from deployer.bundle import front_matter
from deployer.bundle.about import app_texts, features
from deployer.bundle.parts import Parts
from deployer.bundle.readme import About, make_body, title_of
from deployer.code.source import join
from deployer.errors import Exit, Notice, Problem, Where
from deployer.image.made import PORT
from deployer.image.own import words

_SCRIPT_PORT = re.compile(
    r"(?:\buvicorn\.run\([^)]*?\bport\s*=\s*|\buvicorn\s[^\n]*--port[=\s]+)"
    r"(?:int\()?(?:os\.(?:getenv|environ\.get)\(\s*[\"']\w+[\"'],\s*[\"']?|\$\{\w+:-)?(\d{2,5})\b"
)


def app_port(parts: Parts, readme: front_matter.Readme) -> tuple[int, list[Notice]]:
    """The port of the Space: what the app listens on, else what the README says, else 7860."""
    stated = readme.values.get("app_port")
    valid = stated if isinstance(stated, int) and 0 < stated < 65536 else None
    if parts.reading.image is None:
        return valid or PORT, []
    fixed = "PORT" not in (*parts.request.variables, *parts.request.secrets)
    listening = parts.reading.image.listening if fixed else None
    exposed = parts.reading.image.exposed_port
    told = valid or (exposed[0] if exposed else _scripted(parts) or PORT)
    port = listening[0] if listening else told
    if valid is None or valid == port or listening is None:
        return port, []
    message = f"README.md says `app_port: {valid}`, the app listens on {port}; {port} was taken."
    where = Where(file=parts.reading.image.path, line=listening[1])
    return port, [Notice(message=message, hint="Correct the README or the port.", where=where)]


def _scripted(parts: Parts) -> int | None:
    """The port in the script that an own Dockerfile starts: ``python main.py``, ``sh start.sh``."""
    command = parts.reading.image.command if parts.reading.image else None
    for word in words(command.value) if command else ():
        if word.endswith((".py", ".sh")):
            path = join(parts.backend.folder, word.removeprefix("./"))
            match = _SCRIPT_PORT.search(parts.reading.code.text(path))
            if match:
                return int(match[1])
    return None


def card_changes(parts: Parts, readme: front_matter.Readme) -> dict[str, Any]:
    """The front matter keys to write: what inputs set, what lacks, what the Hub refuses."""
    texts, given = app_texts(parts.reading.target), parts.request.front_matter
    stated = readme.values.get("short_description")
    described = stated if isinstance(stated, str) and stated else texts.get("description")
    wanted = {
        "title": texts.get("title") or title_of(parts.request.space.name),
        "emoji": "🤖",
        "colorFrom": "blue",
        "colorTo": "purple",
        "sdk": "docker",
        "app_port": parts.backend.app_port,
        "short_description": front_matter.shortened(described or _tagline(parts)),
    }
    changes = front_matter.corrections(readme.values, wanted | given)
    if readme.values.get("app_port") != parts.backend.app_port:
        changes["app_port"] = parts.backend.app_port
    return changes | {k: v for k, v in given.items() if readme.values.get(k) != v}


def card_file(
    parts: Parts, readme: front_matter.Readme, changes: Mapping[str, Any]
) -> dict[str, bytes]:
    """README.md with its changes; nothing when the backend's own ships as it is."""
    if parts.readme is None:
        readme = replace(readme, body=b"\n" + make_body(_about(parts, str(changes["title"]))))
    own = join(parts.backend.folder, "README.md")
    if not changes and parts.readme == own and not parts.layout.kept:
        return {}
    return {"README.md": front_matter.put_together(readme, changes)}


def card_notices(
    parts: Parts, readme: front_matter.Readme, changes: Mapping[str, Any]
) -> Iterator[Notice]:
    """What was written into a brought README."""
    added = [key for key in changes if key not in readme.values]
    corrected = [key for key in changes if key in readme.values]
    for verb, keys in (("completed with", added), ("corrected in", corrected)):
        if parts.readme and keys:
            yield Notice(
                message=f"In the Space, the front matter of README.md is {verb} {', '.join(keys)}.",
                where=Where(file=parts.readme),
                warning=False,
            )


def _tagline(parts: Parts) -> str:
    found = features(parts.dependencies)
    return f"FastAPI backend with {found[0]}" if found else "FastAPI backend"


def _about(parts: Parts, title: str) -> About:
    texts = app_texts(parts.reading.target)
    backend = parts.backend
    routes = f"{len(backend.routes)} HTTP route{'s' * (len(backend.routes) != 1)}"
    points = [f"{routes}, with interactive documentation at `/docs`"]
    points += features(parts.dependencies)
    return About(
        title=title,
        description=texts.get("description") or "A FastAPI backend.",
        routes=backend.routes,
        environment=backend.environment,
        origins=backend.origins,
        cors=parts.cors,
        secrets=parts.request.secrets,
        variables=parts.request.variables,
        frontend_urls=parts.request.frontend_urls,
        health_path=backend.health_path,
        features=points,
    )


def bad_front_matter(parts: Parts, readme: front_matter.Readme) -> Problem:
    return Problem(
        exit=Exit.BUNDLE,
        message=f"The front matter of README.md {readme.error}.",
        hint="The Hub would refuse it: correct it, or remove it to have one made.",
        where=Where(file=parts.readme, line=readme.error_line),
    )
