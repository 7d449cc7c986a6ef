"""Which permissions of GitHub's token a job needs, mode by mode; the documents' table.

Whatever is not needed for the Space itself is a service: without its permission the run is as green
as with it, and a warning names it.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct


class Permission(Struct, frozen=True, kw_only=True):
    """One line of a job's ``permissions:``, for what, and what a run does without it."""

    mode: str
    line: str
    wanted_for: str
    without: str


_WARNED: Final = "a warning; nothing else changes"
PERMISSIONS: Final = (
    Permission(
        mode="every mode but `check` and `rollback`",
        line="contents: read",
        wanted_for="`actions/checkout`, in a private repository",
        without="the checkout fails",
    ),
    Permission(
        mode="`deploy`",
        line="contents: write",
        wanted_for="the commit that puts the backend's address into the frontend",
        without="refused before anything is written (exit code 2); not needed with "
        "`frontend-commit: none` or without a frontend",
    ),
    Permission(
        mode="`deploy` with `frontend-commit: pull-request`",
        line="pull-requests: write",
        wanted_for="the pull request, beside `contents: write` for its branch",
        without="the backend is deployed, exit code 7",
    ),
    Permission(
        mode="`deploy` with `environment`, `preview`, `cleanup`",
        line="deployments: write",
        wanted_for="the deployment and its states",
        without=_WARNED,
    ),
    Permission(
        mode="`plan` on a pull request, `preview`, `cleanup`",
        line="pull-requests: write",
        wanted_for="the comment",
        without=_WARNED,
    ),
    Permission(
        mode="`check` with `report: issue`",
        line="issues: write",
        wanted_for="the issue",
        without=_WARNED,
    ),
    Permission(
        mode="`deploy`, `rollback`, `plan` without `hf-token`",
        line="id-token: write",
        wanted_for="a Trusted Publisher's token",
        without="`hf-token` or `HF_TOKEN` is needed; a plan does without either",
    ),
)
