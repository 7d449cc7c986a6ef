"""One Space: its identity, its configuration, its repository, and its life."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

from localhub import front_matter
from localhub.counts import Counters, Quirks
from localhub.large_files import LargeFiles
from localhub.life import Life
from localhub.logs import timestamp
from localhub.repository import Repository
from localhub.runner import Runner, Source, Unusable

DEFAULT_PORT = 7860
DEFAULT_START_SECONDS = 1800.0
FREE_SLEEP_SECONDS = 172_800


@dataclass(slots=True, kw_only=True)
class Setting:
    """A secret or a variable."""

    value: str
    description: str | None = None
    updated: str = field(default_factory=timestamp)

    def shown(self, *, public: bool) -> dict[str, str]:
        """What the API tells about it: never a secret's value."""
        facts = {"value": self.value} if public else {}
        facts |= {"description": self.description} if self.description else {}
        return facts | {"updatedAt": self.updated}


@dataclass(slots=True, kw_only=True)
class Settings:
    """What is configured about a Space outside its repository."""

    visibility: str = "public"
    sdk: str = "docker"
    hardware: str = "cpu-basic"
    sleep_seconds: int | None = FREE_SLEEP_SECONDS
    secrets: dict[str, Setting] = field(default_factory=dict)
    variables: dict[str, Setting] = field(default_factory=dict)
    created: str = field(default_factory=timestamp)


class Space:
    """A Space and all that belongs to it, below one folder."""

    def __init__(
        self,
        *,
        name: str,
        folder: Path,
        settings: Settings,
        runner: Runner,
        large_files: LargeFiles,
        quirks: Quirks,
    ) -> None:
        self.name = name
        self.settings = settings
        self.repository = Repository(folder / "repository.git")
        self.counters = Counters()
        self.lock = asyncio.Lock()
        self.host = ""
        self._folder, self._large_files = folder, large_files
        self.life = Life(
            runner=runner,
            prepare=self._prepare,
            environment=self.environment,
            counters=self.counters,
            quirks=quirks,
        )
        self._follow_sleep_time()

    @property
    def owner(self) -> str:
        """The namespace: a person or an organization."""
        return self.name.partition("/")[0]

    @property
    def identifier(self) -> str:
        """A stable id of 24 hexadecimal digits, as the Hub's are."""
        return hashlib.sha256(self.name.encode()).hexdigest()[:24]

    @property
    def subdomain(self) -> str:
        """Lower case, everything else a hyphen: documented by examples only."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")

    @property
    def private(self) -> bool:
        """Whether only its owner may see it."""
        return self.settings.visibility == "private"

    def runtime(self) -> dict[str, Any]:
        """The runtime as the API gives it; recorded shape: ``GET /api/spaces/{id}/runtime``."""
        stage, revision = self.life.stage, self.life.revision
        hardware, serves = self.settings.hardware, self.life.address is not None
        facts: dict[str, Any] = {
            "stage": stage,
            "hardware": {"current": hardware if serves else None, "requested": hardware},
            "storage": None,
            "gcTimeout": self.settings.sleep_seconds,
            "replicas": {**({"current": 1} if serves else {}), "requested": 1},
            "devMode": False,
            "domains": [{"domain": self.host.split("://", 1)[-1], "stage": "READY"}],
        }
        facts |= {"errorMessage": self.life.error} if self.life.error else {}
        return facts | ({"sha": revision} if revision else {})

    def save(self) -> None:
        """Keep the settings on disk, readable by this user only."""
        path = self._folder / "settings.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(asdict(self.settings)))

    def change(self, kind: str, key: str, setting: Setting | None) -> None:
        """Set or (None) delete one secret or variable; what runs restarts with it."""
        store: dict[str, Setting] = getattr(self.settings, kind)
        if setting is None:
            if key not in store:
                return
            del store[key]
        else:
            store[key] = setting
        self.save()
        self.life.configured()

    def resize(self, *, hardware: str | None = None, sleep_seconds: int | None = None) -> None:
        """Request hardware, which restarts the app, or a sleep time (-1: never)."""
        if sleep_seconds is not None:
            self.settings.sleep_seconds = None if sleep_seconds < 0 else sleep_seconds
            self._follow_sleep_time()
        if hardware is not None:
            self.settings.hardware = hardware
            self.life.configured()
        self.save()

    def arrived(self, revision: str, commits: int) -> None:
        """New commits on ``main``."""
        self.counters.commits += commits
        self.life.commit(revision)

    def environment(self) -> Mapping[str, str]:
        """Exactly what the app gets: variables, secrets and the documented built-in names."""
        owner, _, repository = self.name.partition("/")
        built_in = {
            "SPACE_ID": self.name,
            "SPACE_AUTHOR_NAME": owner,
            "SPACE_REPO_NAME": repository,
            "SPACE_TITLE": repository,
            "SPACE_HOST": self.host.split("://", 1)[-1],
            "SPACE_CREATOR_USER_ID": self.identifier,
            "ACCELERATOR": "none",
            "CPU_CORES": "2",
            "MEMORY": "16Gi",
            "SYSTEM": "spaces",
        }
        given = {**self.settings.variables, **self.settings.secrets}
        return built_in | {key: setting.value for key, setting in given.items()}

    def card(self, sha: str) -> dict[str, Any]:
        """The front matter of a revision, as far as it can be read."""
        readme = (self.repository.read(sha, "README.md") or b"").decode("utf-8", "replace")
        try:
            return front_matter.read(readme) or {}
        except yaml.YAMLError:
            return {}

    async def _prepare(self, sha: str) -> Source:
        """Check a revision out for a build; ``Unusable`` when there is nothing to build."""
        return await asyncio.to_thread(self._check_out, sha)

    def _check_out(self, sha: str) -> Source:
        if collision := self.settings.secrets.keys() & self.settings.variables.keys():
            names = ", ".join(sorted(collision))
            raise Unusable("CONFIG_ERROR", f"Collision on variables and secrets names: {names}")
        readme = (self.repository.read(sha, "README.md") or b"").decode("utf-8", "replace")
        if wrong := front_matter.problems(readme):
            raise Unusable(
                "CONFIG_ERROR", "Invalid configuration in README.md: " + "; ".join(wrong)
            )
        card = self.card(sha)
        if not card:
            raise Unusable("CONFIG_ERROR", "Missing configuration in README.md")
        if self.repository.read(sha, "Dockerfile") is None:
            raise Unusable("NO_APP_FILE", "No application file: the Space has no Dockerfile")
        builds = self._folder / "builds"
        shutil.rmtree(builds / sha, ignore_errors=True)
        context = builds / sha / "context"
        context.mkdir(parents=True)
        self.repository.checkout(sha, context, self._large_files)
        return Source(
            revision=sha,
            folder=context,
            app_port=card.get("app_port") or DEFAULT_PORT,
            variables={key: s.value for key, s in self.settings.variables.items()},
            startup_seconds=front_matter.seconds(
                card.get("startup_duration_timeout"), DEFAULT_START_SECONDS
            ),
        )

    def _follow_sleep_time(self) -> None:
        self.life.sleep_seconds = self.settings.sleep_seconds


def load_settings(folder: Path) -> Settings:
    """The settings that ``save`` kept."""
    kept = json.loads((folder / "settings.json").read_text())
    for kind in ("secrets", "variables"):
        kept[kind] = {key: Setting(**values) for key, values in kept[kind].items()}
    return Settings(**kept)
