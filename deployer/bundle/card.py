"""The Space's card: README.md with its front matter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from deployer.bundle import card_values, front_matter
from deployer.bundle.about import app_texts, features
from deployer.bundle.parts import Parts
from deployer.bundle.readme import About, make_body, title_of
from deployer.code.source import join, parent
from deployer.dependencies.requirements import decode
from deployer.errors import Notice, Where
from deployer.ports import Files

_METADATA = re.compile(r"(?i)\.ya?ml$|^readme.*\.md$")


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
    changes = card_values.corrections(readme.values, wanted | given)
    if readme.values.get("app_port") != parts.backend.app_port:
        changes["app_port"] = parts.backend.app_port
    return changes | {k: v for k, v in given.items() if readme.values.get(k) != v}


def read_card(content: bytes) -> tuple[front_matter.Readme, bool]:
    """A README taken apart, and whether it has to be written anew to be UTF-8, as the Hub asks."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return front_matter.take_apart(decode(content).encode()), True
    return front_matter.take_apart(content), False


def card_file(
    parts: Parts, readme: front_matter.Readme, changes: Mapping[str, Any], *, recoded: bool = False
) -> dict[str, bytes]:
    """README.md with its changes; nothing when the backend's own ships as it is."""
    if parts.readme is None:
        readme = replace(readme, body=b"\n" + make_body(_about(parts, str(changes["title"]))))
    own = join(parts.backend.folder, "README.md")
    removed = card_values.removals(readme.values)
    changed = changes or removed or readme.error or recoded
    if not changed and parts.readme == own and not parts.layout.kept:
        return {}
    return {"README.md": front_matter.put_together(readme, changes, removed)}


def card_notices(
    parts: Parts, readme: front_matter.Readme, changes: Mapping[str, Any]
) -> Iterator[Notice]:
    """What was written into a brought README."""
    if parts.readme is None:
        return
    if readme.error:
        yield Notice(
            message=f"The front matter of `{parts.readme}` {readme.error}; the Space's is mended.",
            hint="The text below it is kept. Correct the block to decide yourself what it says.",
            where=Where(file=parts.readme, line=readme.error_line),
        )
    added = [key for key in changes if key not in readme.values]
    corrected = [key for key in changes if key in readme.values]
    removed = card_values.removals(readme.values)
    verbs = ("completed with", added), ("corrected in", corrected), ("freed from", removed)
    for verb, keys in verbs:
        if keys:
            yield Notice(
                message=f"In the Space, the front matter of README.md is {verb} {', '.join(keys)}.",
                where=Where(file=parts.readme),
                warning=False,
            )


def competing(parts: Parts, files: Files, shipped: Iterable[str]) -> Iterator[Notice]:
    """Other files that look like a Space's configuration: the Hub reads README.md alone."""
    folders = {parts.backend.folder, "."}
    for path in shipped:
        name = path.rpartition("/")[2]
        if path == parts.readme or parent(path) not in folders or not _METADATA.search(name):
            continue
        if re.search(rb"^(?:sdk|app_port|colorFrom)[ \t]*:", files.read(path) or b"", re.MULTILINE):
            yield Notice(
                message=f"`{path}` looks like a Space's configuration; the Hub does not read it.",
                hint="Only the front matter of README.md counts: move what matters there.",
                where=Where(file=path),
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
