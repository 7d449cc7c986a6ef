"""What a run is asked to do and what it ends as, and what its workspace holds."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Mode(StrEnum):
    """What the run is asked to do (input ``mode``)."""

    DEPLOY = "deploy"
    PLAN = "plan"
    REHEARSE = "rehearse"
    PREVIEW = "preview"
    CLEANUP = "cleanup"
    ROLLBACK = "rollback"
    CHECK = "check"


class Status(StrEnum):
    """Output ``status``."""

    HEALTHY = "healthy"
    UNCHANGED = "unchanged"
    PLANNED = "planned"
    REHEARSED = "rehearsed"
    ROLLED_BACK = "rolled-back"
    CLEANED_UP = "cleaned-up"
    FAILED = "failed"


class WorkspaceKind(StrEnum):
    """What a path of the workspace is."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "other"


class WorkspaceEntry(Struct, frozen=True, kw_only=True):
    """One path below a walked folder. ``size`` is 0 but for files."""

    path: str
    kind: WorkspaceKind
    size: int = 0
    target: str = ""
