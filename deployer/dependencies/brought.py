"""What a brought Dockerfile installs: requirements, cleaned for it, or a project as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from deployer.code.source import join
from deployer.dependencies import kinds, requirement_files
from deployer.dependencies.found import Chosen, Dependencies, Source
from deployer.errors import Refused

# What installs from a project or a lock itself, and so needs these files as they are.
INSTALLERS = (
    (re.compile(r"\buv\s+(?:sync|run|export)\b"), ("uv.lock", "pyproject.toml")),
    (re.compile(r"\bpoetry\b.*\b(?:install|sync|export)\b"), ("poetry.lock", "pyproject.toml")),
    (re.compile(r"\bpipenv\b.*\b(?:install|sync|requirements)\b"), ("Pipfile.lock", "Pipfile")),
    (re.compile(r"\b(?:pdm|hatch|rye|pixi)\b.*\b(?:install|sync|run)\b"), ("pyproject.toml",)),
    (
        re.compile(r"\bpip3?\s+install\b(?:\s+-\S+)*\s+[\"']?\.(?:[\[\"'\s/]|$)"),
        ("pyproject.toml", "setup.cfg", "setup.py"),
    ),
    (
        re.compile(r"\b(?:conda|mamba|micromamba)\b.*\b(?:env|install|create)\b"),
        ("environment.yml", "environment.yaml"),
    ),
)


class OwnInstall(Struct, frozen=True, kw_only=True):
    """What a brought Dockerfile copies from the backend and what it runs."""

    copied: Sequence[str] = ()
    commands: Sequence[str] = ()


def of_dockerfile(about: Source, own: OwnInstall) -> Chosen | None:
    """The requirements that a brought Dockerfile installs, test packages less."""
    names = _installed_as_they_are(own.commands)
    if names:
        return _as_it_is(about, names)
    copied = [name.removeprefix("./") for name in own.copied if "require" in name.lower()]
    paths = [path for name in copied for path in (join(about.backend, name), name)]
    for path in (*paths, *(join(about.backend, name) for name in kinds.REQUIREMENTS)):
        content = about.files.read(path)
        if content is not None:
            source = replace(about, path=path, content=content)
            reason = "the backend's Dockerfile installs it"
            return Chosen(source=source, manifest=requirement_files.read(source), reason=reason)
    return None


def _installed_as_they_are(commands: Iterable[str]) -> tuple[str, ...]:
    for command in commands:
        for pattern, names in INSTALLERS:
            if pattern.search(command):
                return names
    return ()


def _as_it_is(about: Source, names: Sequence[str]) -> Chosen | None:
    """What a Dockerfile installs without us, as far as it can be told."""
    # Those of the backend's folder come first, and so last here, on top of those above.
    candidates = reversed(list(kinds.candidates(about)))
    found = {source.path.rpartition("/")[2]: (kind, source) for kind, source in candidates}
    for name in names:
        if name in found:
            kind, source = found[name]
            try:
                manifest = kinds.read(kind, source)
            except Refused:
                continue  # its own tool will say what is wrong
            if manifest is not None:
                reason = "the backend's Dockerfile installs from it"
                return Chosen(source=source, manifest=manifest, reason=reason, as_it_is=True)
    return None


def untouched(chosen: Chosen, python: str) -> Dependencies:
    """What it comes to, with no file of ours."""
    main = chosen.manifest.path
    try:
        found = chosen.manifest.install(python)
    except Refused:
        return Dependencies(main=main, entries=chosen.manifest.asked)
    return Dependencies(main=main, entries=found.entries, locked=found.locked)
