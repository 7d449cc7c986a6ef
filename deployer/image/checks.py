"""What would keep a Space from running an own Dockerfile, as far as reading tells."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator

from deployer.code.launch import commands
from deployer.errors import Notice, Where
from deployer.image.own import OwnImage, words

USER = "1000"
_SHELL = re.compile(r"""^[\["'\s]*(?:/bin/)?(?:ba|da)?sh["',\s]+-l?c\b""")
_ASKED = re.compile(r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]):(\d{1,5})\b")
_SYSTEM = re.compile(r"\s(?:--system|-[a-zA-Z]*r[a-zA-Z]*)(?=\s)")
PUBLIC = (
    *("docker.io", "ghcr.io", "quay.io", "gcr.io", "public.ecr.aws", "mcr.microsoft.com"),
    *("nvcr.io", "registry.access.redhat.com", "registry.hf.space", "registry.gitlab.com"),
    *("registry.k8s.io", "cgr.dev", "lscr.io"),
)


def check_dockerfile(
    image: OwnImage, app_port: int, *, given: Container[str] = (), ships: Iterable[str] = ()
) -> Iterator[Notice]:
    """What would keep a Space from running this Dockerfile, as far as reading tells.

    ``given`` are the names of the Space's secrets and variables, ``ships`` the Space's files.
    """
    port = image.port
    if port is not None and port[0] != app_port:
        yield _warn(
            image,
            port[1],
            f"The app listens on port {port[0]}, the Space forwards to {app_port}.",
            f"Set `app_port: {port[0]}` in the backend's README.md, or change the port here.",
        )
    ships = list(ships)
    yield from _check_exposed(image)
    yield from _check_host(image, ships)
    yield from _check_health(image, app_port)
    yield from _check_user(image)
    yield from _check_script(image)
    yield from _check_start(image, given, ships)
    yield from _check_base(image)


def _check_start(image: OwnImage, given: Container[str], ships: list[str]) -> Iterator[Notice]:
    command = image.command
    if command is None:
        return
    if image.unset_port and "PORT" not in given:
        yield _warn(
            image,
            command.line,
            "The start command takes its port from the environment, where a Space sets none.",
            "Write the port here, give it a default (`${PORT:-7860}`), or name it in `variables`.",
        )
    if re.search(r"--reload\b|\bfastapi[\"', ]+dev\b", command.value):
        yield _warn(
            image,
            command.line,
            "The server starts in its mode for development (`--reload`).",
            "Start it without: a Space's files don't change, and watching them costs memory.",
        )
    for found in commands(command.value, image.path, 0):
        if found.variable and not _has_module(found.module, ships):
            yield _warn(
                image,
                command.line,
                f"`{found.module}` is started here, and no file of the Space has that name.",
                "Correct the start command, or check what the ignore rules leave out.",
            )


def _has_module(module: str, ships: list[str]) -> bool:
    """Whether some file could be it; where COPY puts the files is not followed."""
    last = module.rpartition(".")[2]
    ends = (f"{last}.py", f"{last}/__init__.py")
    return not ships or any(f"/{path}".endswith(tuple(f"/{end}" for end in ends)) for path in ships)


def _check_base(image: OwnImage) -> Iterator[Notice]:
    """The Hub pulls without credentials."""
    host, slash, _ = image.base.partition("/")
    named = slash and ("." in host or ":" in host or host == "localhost")
    if named and not host.endswith(PUBLIC):
        yield _warn(
            image,
            image.start,
            f"The Hub pulls images without credentials, and `{host}` may ask for some.",
            "Take a public image, or copy what you need of it into the backend.",
        )


def _check_exposed(image: OwnImage) -> Iterator[Notice]:
    listening, exposed = image.listening, image.exposed_port
    if listening and exposed and listening[0] != exposed[0]:
        yield _warn(
            image,
            exposed[1],
            f"EXPOSE says {exposed[0]}, the start command listens on {listening[0]}.",
            "The start command counts; make EXPOSE say the same.",
        )


def _check_health(image: OwnImage, app_port: int) -> Iterator[Notice]:
    """A Space looks at no HEALTHCHECK; Docker elsewhere would call the app unhealthy."""
    asked = [found for found in image.instructions if found.word == "HEALTHCHECK"]
    match = _ASKED.search(asked[-1].value) if asked and asked[-1].line > image.start else None
    port = image.port[0] if image.port else app_port
    if match and int(match[1]) != port:
        yield _warn(
            image,
            asked[-1].line,
            f"HEALTHCHECK asks port {match[1]}, the app listens on {port}.",
            "Ask the port that the app listens on.",
        )


def _check_host(image: OwnImage, ships: list[str]) -> Iterator[Notice]:
    command = image.command
    if command is None:
        return
    value = _SHELL.sub("", command.value)
    local = re.search(r"(?:--host|--bind|-b)[\"',=\s]+(127\.0\.0\.1|localhost)", value)
    server = re.search(r"\b(?:uvicorn|gunicorn|hypercorn)\b|\bfastapi[\"', ]+dev\b", value)
    silent = server and not re.search(r"--host|--bind|-b\b|--uds|--fd|-c\b|--config", value)
    named = server and [c for c in commands(value, image.path, 0) if c.variable]
    if local or (silent and named and "HOST" not in value and not _is_bound(image, ships)):
        yield _warn(
            image,
            command.line,
            "The app only listens inside its own container (127.0.0.1).",
            "Start it with `--host 0.0.0.0`.",
        )


def _is_bound(image: OwnImage, ships: list[str]) -> bool:
    """Whether the environment or gunicorn's own file may say where to listen."""
    told = [found.value for found in image.instructions if found.word in {"ENV", "ARG"}]
    if any(re.search(r"UVICORN_HOST|GUNICORN_CMD_ARGS", value) for value in told):
        return True
    gunicorn = image.command is not None and "gunicorn" in image.command.value
    return gunicorn and any(path.endswith("gunicorn.conf.py") for path in ships)


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
    elif "$" in name:
        return
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
    if script and not any("chmod" in i.value for i in image.instructions if i.word != "CMD"):
        yield _warn(
            image,
            image.command.line if image.command else 1,
            f"`{script}` is started directly, and no file of a Space is executable.",
            f'Start it as `["sh", "{script}"]`, or add a `RUN chmod +x`.',
        )


def _created(image: OwnImage, name: str) -> str | None:
    """The UID that a RUN instruction gives to the user, if it says one."""
    for found in image.instructions:
        for command in re.split(r"&&|;|\n", found.value) if found.word == "RUN" else ():
            if re.search(rf"\b(?:user)?add(?:user)?\b.*\s{re.escape(name)}(?:\s|$)", command):
                match = re.search(r"(?:-u|--uid)[=\s]+(\d+)", command)
                if match:
                    return match[1]
                if re.search(r"\buser|adduser\b", command) and _SYSTEM.search(command):
                    return "below 1000"
    return None


def _warn(image: OwnImage, line: int, message: str, hint: str) -> Notice:
    return Notice(message=message, hint=hint, where=Where(file=image.path, line=line))
