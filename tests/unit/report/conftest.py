"""A plan in which everything that can be said is said once."""

from __future__ import annotations

import pytest

from deployer.errors import Notice, Where
from deployer.model import (
    Backend,
    Bundle,
    BundleFile,
    Digest,
    EnvironmentName,
    FrontendState,
    Installed,
    LeftOut,
    Mode,
    OriginSetting,
    Route,
    SpaceId,
    Status,
)
from deployer.report import FileDiff, FrontendReport, Names, Report
from deployer.report.intent import Change, Effect, Intent, Resize, Setting

README = b"---\ntitle: Rag\nsdk: docker\n---\n\n# Rag\n"


def a_file(path: str, size: int, content: bytes | None = None) -> BundleFile:
    digest = Digest(size=size, blob="b" * 40, sha256="s" * 64)
    source = None if content is not None else f"backend/{path}"
    return BundleFile(path=path, digest=digest, source=source, content=content)


def a_name(name: str, *, required: bool = False, default: str | None = None) -> EnvironmentName:
    return EnvironmentName(
        name=name, required=required, default=default, file="backend/app/config.py", line=9
    )


BACKEND = Backend(
    folder="backend",
    app="app.main:app",
    app_file="backend/app/main.py",
    app_line=12,
    app_reason="the only one",
    python_version="3.12",
    python_reason="backend/.python-version",
    health_path="/api/health",
    health_found=True,
    routes=(
        Route(
            method="GET", path="/api/health", summary="Health", file="backend/app/api.py", line=3
        ),
        Route(method="POST", path="/api/chat"),
    ),
    environment=(
        a_name("COHERE_API_KEY", required=True),
        a_name("DATABASE_URL", required=True),
        a_name("LOG_LEVEL", default="INFO"),
        a_name("REDIS_TOKEN", default="cn-not-for-others"),
        a_name("SPACE_ID", required=True),
        a_name("TENANT", required=True),
    ),
    origins=OriginSetting(name="ORIGINS", as_json=True, file="backend/app/config.py", line=4),
)
BUNDLE = Bundle(
    files=(
        a_file("Dockerfile", 700, b"FROM python:3.12-slim\n"),
        a_file("README.md", 90, README),
        a_file("app/main.py", 2048),
    ),
    left_out=(
        LeftOut(path="backend/a.log", rule="*.log", origin="backend/.gitignore"),
        LeftOut(path="backend/b.log", rule="*.log", origin="backend/.gitignore"),
        LeftOut(path="backend/tests/", rule="tests/", origin="built-in"),
    ),
    backend=BACKEND,
    installed=Installed(
        manifest="backend/uv.lock",
        kind="uv",
        reason="it fixes what pyproject.toml asks for",
        locked=True,
        packages=("fastapi", "uvicorn"),
        removed=("pytest",),
        system=("ffmpeg",),
    ),
)
SETTINGS = (
    Setting(name="BY_HAND", public=False, change=Change.FOREIGN),
    Setting(name="COHERE_API_KEY", public=False, change=Change.NEW, given_by="secrets"),
    Setting(name="DATABASE_URL", public=False, change=Change.MISSING, given_by="secrets"),
    Setting(
        name="LOG_LEVEL",
        public=True,
        change=Change.CHANGED,
        given_by="variables",
        before="DEBUG",
        after="INFO",
    ),
    Setting(name="OLD", public=True, change=Change.PRUNED, before="1"),
    Setting(name="OLDER", public=True, change=Change.STALE, before="2", after="2"),
    Setting(
        name="ORIGINS",
        public=True,
        change=Change.NEW,
        given_by="frontend-url",
        after="https://a.example",
    ),
)


@pytest.fixture
def planned() -> Report:
    """A plan for a Space that is there."""
    return Report(
        status=Status.PLANNED,
        mode=Mode.PLAN,
        space=SpaceId(owner="owner", name="rag"),
        bundle=BUNDLE,
        bundle_digest="d" * 64,
        files=FileDiff(added=("app/new.py",), changed=("app/main.py",), kept=("book.pdf",)),
        names=Names(secrets=("COHERE_API_KEY", "DATABASE_URL"), variables=("LOG_LEVEL",)),
        intent=Intent(
            compared=True,
            creates=False,
            visibility="public",
            effect=Effect.BUILD,
            resize=Resize(hardware_before="cpu-basic", hardware="t4-small"),
            settings=SETTINGS,
        ),
        frontend=FrontendReport(state=FrontendState.CHANGE, diff="-old\n+new"),
        notices=(
            Notice(message="Warned.", where=Where(file="backend/x.py", line=2)),
            Notice(message="Noted.", hint="Look.", warning=False),
        ),
    )
