"""CORS origins: the frontend's, and those written in a value.

An origin is `scheme://host` or `scheme://host:port` and nothing else; the browser sends it in lower
case and the server compares it as a text (Fetch standard, "CORS protocol").
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from deployer.credentials import fingerprint, names
from deployer.credentials.findings import Finding, divide, odd, wrong
from deployer.errors import Exit, Notice, Problem, Where
from deployer.model import Backend, Configuration, Entry, OriginSetting, Secret
from deployer.scrub import contains_key, scrub

_ORIGIN: Final = re.compile(
    r"(?P<origin>[a-zA-Z][a-zA-Z0-9+.-]*://[^\s/?#@\\,]+)(?P<rest>[/?#]\S*)?"
)
_FRONTEND: Final = Where(input="frontend-url")
_DEFAULT_PORT: Final = re.compile(r"^(http://.*):80$|^(https://.*):443$")


class Origins(Struct, frozen=True, kw_only=True):
    """The frontend's origins as a browser sends them."""

    origins: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()


def frontend_origins(urls: Iterable[str]) -> Origins:
    """The origins of the input ``frontend-url``; a path is cut off and said so."""
    found: list[Finding] = []
    kept: dict[str, None] = {}
    for url in urls:
        match = _ORIGIN.fullmatch(url.strip())
        if match is None or not match["origin"].lower().startswith(("http://", "https://")):
            found.append(_no_origin(url))
            continue
        origin = _as_sent(match["origin"])
        kept[origin] = None
        if (match["rest"] or "/") != "/":
            message = f"The origin of `{url}` is `{origin}`: the path plays no part in CORS."
            found.append(Notice(message=message, where=_FRONTEND, warning=False))
    problems, notices = divide(found)
    return Origins(origins=tuple(kept), problems=problems, notices=notices)


def origin_entry(
    origins: Sequence[str], backend: Backend, given: Sequence[Entry], stored: Configuration
) -> tuple[Entry | None, tuple[Notice, ...]]:
    """The variable that lets the frontend in, or None when somebody else sets that name.

    ``given`` are the workflow's own entries. A variable that an earlier deploy set is ours and is
    brought up to date; one set by hand is left alone.
    """
    if not origins:
        return None, ()
    setting = backend.origins
    if setting is None:
        return None, (_unread(origins),)
    for entry in given:
        if entry.name == setting.name:
            return None, tuple(_lacking(setting, origins, entry.value.reveal(), "the workflow"))
    held = stored.variables.get(setting.name)
    if held and not fingerprint.is_ours(held.description):
        return None, tuple(_lacking(setting, origins, held.value or "", "the Space"))
    if setting.name in stored.secrets:
        message = f"`{setting.name}` is a secret of the Space, so its value can't be compared."
        return None, (Notice(message=message, hint=_add(setting, origins), warning=False),)
    value = render(setting, origins)
    return Entry(name=setting.name, value=Secret(value), public=True), tuple(
        _only_first(setting, origins)
    )


def render(setting: OriginSetting, origins: Sequence[str]) -> str:
    """The value in the form that the backend's code takes."""
    if setting.as_json:
        return json.dumps(list(origins))
    return origins[0] if setting.single else ",".join(origins)


def remedy(backend: Backend, wanted: Sequence[str]) -> str:
    """What to set, and to which value, so that a browser on ``wanted`` gets answers."""
    setting = backend.origins
    shown = ", ".join(f"`{each}`" for each in wanted)
    if setting is None:
        return f"Let the code's `CORSMiddleware` allow {shown}, or read e.g. `ALLOWED_ORIGINS`."
    value = f"Set the variable `{setting.name}` to `{render(setting, wanted)}`"
    return f"{value}, or stop setting it and it is made from `frontend-url`."


def check_origins(entry: Entry, backend: Backend | None) -> Iterator[Finding]:
    """Each origin in `ALLOWED_ORIGINS` and its kin, and the form of the whole."""
    setting = backend.origins if backend else None
    read_as_origins = setting is not None and setting.name == entry.name
    if not (read_as_origins or names.is_origins(entry.name)):
        return
    text = entry.value.reveal().strip()
    items = _from_json(text)
    if setting and read_as_origins and setting.as_json and items is None:
        yield wrong(
            entry,
            "has to be a JSON list: the code parses it and would not start.",
            f"Write {_as_json_list(entry, text)}.",
        )
    if items is None and re.search(r"\s,|,\s", text):
        yield odd(
            entry,
            "has a space beside a comma: code that doesn't strip it lets nobody in.",
            "Write the origins with commas alone between them.",
        )
    for item in items if items is not None else text.split(","):
        yield from _check_item(entry, item if items is not None else item.strip())


def _check_item(entry: Entry, item: str) -> Iterator[Finding]:
    match = _ORIGIN.fullmatch(item)
    shown = f"`{item}`" if entry.public and not contains_key(item) else "an origin"
    if item in ("", "*", "null"):
        return
    if "*" in item:
        hint = "Name each origin, or use the regular expression option of the CORS code."
        yield wrong(entry, f"holds {shown} with `*` in it, which matches no browser.", hint)
    elif re.search(r"\s", item):
        hint = "Separate origins with commas."
        yield wrong(entry, f"holds {shown} with a space in it.", hint)
    elif match is None:
        hint = "Write `https://` before it."
        yield wrong(entry, f"holds {shown} that has no scheme or no host.", hint)
    elif match["rest"]:
        hint = f"Write `{_as_sent(match['origin'])}`." if entry.public else "Write it without them."
        yield wrong(entry, f"holds {shown} with a slash or path, so it matches no browser.", hint)
    elif _as_sent(item) != item:
        hint = "Browsers send the host in lower case and leave out the scheme's own port."
        yield odd(entry, f"holds {shown}, which no browser sends in this form.", hint)


def _as_json_list(entry: Entry, text: str) -> str:
    if not entry.public or contains_key(text):
        return '`["https://…"]`'
    return f"`{json.dumps([each.strip() for each in text.split(',')])}`"


def _from_json(text: str) -> list[str] | None:
    try:
        items = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return [str(item) for item in items] if isinstance(items, list) else None


def _as_sent(origin: str) -> str:
    """As browsers write it: small letters, no default port, other scripts in IDNA."""
    sent = _DEFAULT_PORT.sub(lambda match: match[1] or match[2], origin.lower())
    scheme, slashes, address = sent.partition("://")
    host, colon, port = address.partition(":")
    with contextlib.suppress(UnicodeError):  # no name of a host
        host = host.encode("idna").decode("ascii")
    return f"{scheme}{slashes}{host}{colon}{port}"


def _no_origin(url: str) -> Problem:
    return Problem(
        exit=Exit.CONFIGURATION,
        message=f"`{scrub(url)}` is no address of a website.",
        hint="Write it with its scheme, e.g. `https://my-app.vercel.app`.",
        where=_FRONTEND,
    )


def _unread(origins: Sequence[str]) -> Notice:
    return Notice(
        message="The backend's code takes its CORS origins from no environment variable that was "
        f"found, so {', '.join(f'`{each}`' for each in origins)} can't be allowed from here.",
        hint="See that the code allows it, or let it read e.g. `ALLOWED_ORIGINS`.",
        warning=False,
    )


def _lacking(
    setting: OriginSetting, origins: Sequence[str], value: str, owner: str
) -> Iterator[Notice]:
    present = [each.strip().rstrip("/") for each in _from_json(value) or value.split(",")]
    absent = [each for each in origins if each not in present]
    if absent and "*" not in present:
        yield Notice(
            message=f"`{setting.name}` is set by {owner} and lacks "
            f"{', '.join(f'`{each}`' for each in absent)}: the browser will block that frontend.",
            hint=_add(setting, absent),
        )


def _add(setting: OriginSetting, origins: Sequence[str]) -> str:
    return (
        f"See that it holds {', '.join(f'`{each}`' for each in origins)}, or stop setting it "
        + (f"and `{setting.name}` is made from `frontend-url`.")
    )


def _only_first(setting: OriginSetting, origins: Sequence[str]) -> Iterator[Notice]:
    if setting.single and len(origins) > 1 and not setting.as_json:
        yield Notice(
            message=f"`{setting.name}` takes one origin, so only `{origins[0]}` is allowed.",
            hint="Let the code split it at commas to allow the others.",
            where=Where(file=setting.file, line=setting.line or None)
            if setting.file
            else _FRONTEND,
        )
