"""The Space's README.md: sections that are read from the code, or the backend's own text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from deployer.model import EnvironmentName, OriginSetting, Route
from deployer.templates import render

CREDENTIAL = re.compile(r"key|secret|token|passw|pwd|credential|private|dsn|_url$|_uri$", re.I)


class About(Struct, frozen=True, kw_only=True):
    """What the README tells of the app."""

    title: str
    description: str
    routes: Sequence[Route]
    environment: Sequence[EnvironmentName]
    origins: OriginSetting | None
    cors: bool
    secrets: Sequence[str]
    variables: Sequence[str]
    frontend_urls: Sequence[str]
    health_path: str
    features: Sequence[str]


def make_body(about: About) -> bytes:
    """The Markdown below the front matter."""
    return render(
        "README.md",
        {
            "title": inline(about.title),
            "description": inline(about.description),
            "features": "\n".join(f"- {feature}" for feature in about.features),
            "endpoints": _endpoints(about.routes),
            "environment": _environment(about),
            "cors": _cors(about),
            "health_path": about.health_path,
        },
    ).encode("utf-8", "replace")


def inline(text: str) -> str:
    """Text that stays one line and can't become markup of its own."""
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", " ".join(text.split()))


def _endpoints(routes: Sequence[Route]) -> str:
    if not routes:
        return "The interactive documentation at `/docs` lists every route."
    rows = [(r.method, f"`{_cell(r.path)}`", inline(r.summary)) for r in routes]
    return _table(("Method", "Path", "Summary"), rows) + "\n\nInteractive documentation: `/docs`."


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("`", "")


def _environment(about: About) -> str:
    known = {item.name for item in about.environment}
    extra = [
        EnvironmentName(name=name)
        for name in (*about.secrets, *about.variables)
        if name not in known
    ]
    names = sorted((*about.environment, *extra), key=lambda item: item.name)
    if not names:
        return "The code reads nothing from its environment."
    rows = [
        (
            f"`{item.name}`",
            _need(item, item.name in known),
            _default(item),
            _set_by(item.name, about),
        )
        for item in names
    ]
    return _table(("Name", "Required", "Default", "Configured by the workflow"), rows)


def _need(item: EnvironmentName, read: bool) -> str:
    if not read:
        return "not read by name"
    if item.required:
        return "yes"
    return "no" if item.default is not None else "no default"


def _default(item: EnvironmentName) -> str:
    """Never anything that could be a credential."""
    if not item.default:
        return ""
    if CREDENTIAL.search(item.name) or "@" in item.default or len(item.default) > 60:
        return "(set in the code)"
    return f"`{_cell(' '.join(item.default.split()))}`"


def _set_by(name: str, about: About) -> str:
    if name in about.secrets:
        return "as a secret"
    allowed = about.frontend_urls and about.origins and about.origins.name == name
    if name in about.variables or allowed:
        return "as a variable"
    return "no"


def _cors(about: About) -> str:
    urls = ", ".join(f"`{_cell(url)}`" for url in about.frontend_urls)
    allowed = f" The deploying workflow allows {urls}." if urls else ""
    if about.origins is not None:
        form = "as a JSON list" if about.origins.as_json else "separated by commas"
        form = "one address" if about.origins.single else form
        return (
            f"Allowed origins are read from `{about.origins.name}` ({form}): scheme and host of "
            f"the frontend, without a path or a slash at the end.{allowed}"
        )
    if about.cors:
        return (
            f"Allowed origins are fixed in the code; no environment variable changes them.{allowed}"
        )
    return "The app sends no CORS headers: browsers on other origins can't read its answers."


def title_of(name: str) -> str:
    """A Space's name as a title: ``rag-chatbot`` becomes ``Rag Chatbot``."""
    words = [word for word in re.split(r"[-_.\s]+", name) if word]
    return " ".join(word if word.isupper() else word[:1].upper() + word[1:] for word in words)
