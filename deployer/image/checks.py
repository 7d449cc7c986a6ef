"""What would keep a Space from running an own Dockerfile, as far as reading tells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deployer.code.launch import commands
from deployer.errors import Notice, Where
from deployer.image.own import OwnImage, words

USER = "1000"


def check_dockerfile(image: OwnImage, app_port: int) -> Iterator[Notice]:
    """What would keep a Space from running this Dockerfile, as far as reading tells."""
    port = image.port
    if port is not None and port[0] != app_port:
        yield _warn(
            image,
            port[1],
            f"The app listens on port {port[0]}, the Space forwards to {app_port}.",
            f"Set `app_port: {port[0]}` in the backend's README.md, or change the port here.",
        )
    yield from _check_exposed(image)
    yield from _check_host(image)
    yield from _check_user(image)
    yield from _check_script(image)


def _check_exposed(image: OwnImage) -> Iterator[Notice]:
    listening, exposed = image.listening, image.exposed_port
    if listening and exposed and listening[0] != exposed[0]:
        yield _warn(
            image,
            exposed[1],
            f"EXPOSE says {exposed[0]}, the start command listens on {listening[0]}.",
            "The start command counts; make EXPOSE say the same.",
        )


def _check_host(image: OwnImage) -> Iterator[Notice]:
    command = image.command
    if command is None:
        return
    value = command.value
    local = re.search(r"(?:--host|--bind|-b)[\"',=\s]+(127\.0\.0\.1|localhost)", value)
    silent = (
        "uvicorn" in value
        and not re.search(r"--host|--uds|--fd", value)
        and "gunicorn" not in value
    )
    named = [c for c in commands(value, image.path, 0) if c.variable]
    if local or (silent and named and "HOST" not in value):
        yield _warn(
            image,
            command.line,
            "The app only listens inside its own container (127.0.0.1).",
            "Start it with `--host 0.0.0.0`.",
        )


def _check_user(image: OwnImage) -> Iterator[Notice]:
    user = image.user
    name = user.value.split(":")[0] if user else "root"
    if name in {"root", "0"}:
        yield _warn(
            image,
            user.line if user else image.start,
            "The image runs as root, a Space runs it as UID 1000.",
            "Add `RUN useradd -m -u 1000 user` and `USER user`, and `--chown=user` to each COPY.",
        )
    elif (name.isdigit() and name != USER) or (created := _created(image, name)) not in {
        None,
        USER,
    }:
        yield _warn(
            image,
            user.line if user else 1,
            f"The image runs as `{name}`"
            + ("" if name.isdigit() else f" (UID {created})")
            + ", a Space runs it as UID 1000.",
            "Give that user the UID 1000, so that it may write to its own files.",
        )


def _check_script(image: OwnImage) -> Iterator[Notice]:
    """Commits through the Hub's API carry no file modes: nothing arrives executable."""
    started = words(image.command.value) if image.command else []
    script = started[0] if started and started[0].endswith(".sh") else ""
    if script and not any(i.word == "RUN" and "chmod" in i.value for i in image.instructions):
        yield _warn(
            image,
            image.command.line if image.command else 1,
            f"`{script}` is started directly, and no file of a Space is executable.",
            f'Start it as `["sh", "{script}"]`, or add a `RUN chmod +x`.',
        )


def _created(image: OwnImage, name: str) -> str | None:
    """The UID that a RUN instruction gives to the user, if it says one."""
    for found in image.instructions:
        if found.word == "RUN" and re.search(rf"(user)?add.*\b{re.escape(name)}\b", found.value):
            match = re.search(r"(?:-u|--uid)[=\s]+(\d+)", found.value)
            if match:
                return match[1]
    return None


def _warn(image: OwnImage, line: int, message: str, hint: str) -> Notice:
    return Notice(message=message, hint=hint, where=Where(file=image.path, line=line))
