"""What the Hub's answers about a Space say, whatever they leave out. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from deployer.model import Runtime, Space, SpaceFile, SpaceId

if TYPE_CHECKING:
    from huggingface_hub import SpaceInfo
    from huggingface_hub.hf_api import RepoSibling

LISTED: Final = 1000


def space_of(endpoint: str, space: SpaceId, info: SpaceInfo, runtime: Runtime) -> Space:
    """The Space from the Hub's answer; its address is the Hub's word, never made from names."""
    visibility = getattr(info, "visibility", None)
    return Space(
        id=space,
        host=_host(info.host or next(iter(_ready(runtime)), ""), endpoint),
        head=info.sha or "",
        sdk=info.sdk or "",
        visibility=visibility or ("private" if info.private else "public"),
        page=f"{endpoint}/spaces/{space}",
        runtime=runtime,
        files=_files(info.siblings),
    )


def _files(siblings: Sequence[RepoSibling] | None) -> tuple[SpaceFile, ...] | None:
    """The files of the same answer; None when it may not tell all of them, or not all of each.

    The list of files has pages of 1,000; of such an answer nothing says that it is whole.
    """
    if siblings is None or len(siblings) >= LISTED:
        return None
    files = tuple(
        SpaceFile(
            path=each.rfilename,
            size=each.size,
            blob=each.blob_id,
            sha256=each.lfs.sha256 if each.lfs else None,
        )
        for each in siblings
        if each.size is not None and each.blob_id
    )
    return files if len(files) == len(siblings) else None


def _host(told: str, endpoint: str) -> str:
    """The app's address as browsers write it; one without a scheme has the Hub's own."""
    scheme, _, rest = told.strip().rpartition("://")
    scheme = scheme.lower() or urlsplit(endpoint).scheme
    return f"{scheme}://{rest.rstrip('/').lower()}" if rest else ""


def _ready(runtime: Runtime) -> list[str]:
    return [name for name, state in runtime.domains.items() if state.upper() == "READY"]


def runtime_of(raw: Mapping[str, Any]) -> Runtime:
    """The runtime from the Hub's JSON; every field but the stage may be missing."""
    domains = raw.get("domains")
    return Runtime(
        stage=str(raw.get("stage") or "unknown").upper(),
        revision=_text(raw.get("sha")),
        error=re.sub(r"\s+", " ", str(raw.get("errorMessage") or "")).strip(),
        hardware=_text(at(raw, "hardware", "current")),
        requested_hardware=_text(at(raw, "hardware", "requested")),
        sleep_time=raw.get("gcTimeout") if isinstance(raw.get("gcTimeout"), int) else None,
        domains={
            str(each.get("domain")): str(each.get("stage") or "")
            for each in (domains if isinstance(domains, list) else ())
            if isinstance(each, Mapping)
        },
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def at(value: Any, *keys: str) -> Any:
    """What stands under ``keys`` of a nested answer; None when it isn't there."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
