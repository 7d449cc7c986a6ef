"""How the Hub says no: one exception with the status, the code and the text of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):
    """An answer that isn't a success.

    ``code`` becomes ``X-Error-Code``, by which huggingface_hub picks its exception
    (``hf_raise_for_status``); ``extra`` joins the JSON body beside ``error``.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.body = {"error": message, **(extra or {})}
        self.headers = {**error_headers(message, code), **(headers or {})}


def error_headers(message: str, code: str | None) -> dict[str, str]:
    """The headers that repeat an error; a header holds one Latin-1 line."""
    line = message.splitlines()[0] if message else ""
    headers = {"X-Error-Message": line.encode("latin-1", "replace").decode("latin-1")}
    return headers | ({"X-Error-Code": code} if code else {})


def no_such_repository(*, signed_in: bool) -> Refusal:
    """404 to somebody known; 401 to a stranger, who mustn't learn whether it exists."""
    if signed_in:
        return Refusal(404, "Repository not found", code="RepoNotFound")
    return Refusal(401, "Invalid username or password.", code="RepoNotFound")


def no_such_revision(revision: str) -> Refusal:
    """404 with the code that becomes ``RevisionNotFoundError``."""
    return Refusal(404, f"Invalid rev id: {revision}", code="RevisionNotFound")


def no_such_entry(path: str, revision: str) -> Refusal:
    """404 with the code that becomes ``EntryNotFoundError``."""
    return Refusal(404, f'{path} does not exist on "{revision}"', code="EntryNotFound")
