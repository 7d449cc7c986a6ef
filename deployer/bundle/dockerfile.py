"""The Space's Dockerfile: made from the template, or the backend's own, read and checked."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from deployer.bundle.launch import commands
from deployer.bundle.templates import render
from deployer.errors import Notice, Where

PORT = 7860
USER = "1000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """What a made Dockerfile depends on. Paths are those inside the Space."""

    python: str
    app: str
    factory: bool
    app_dir: str
    search: tuple[str, ...]
    requirements: str
    manifests: tuple[str, ...]
    needs_code: bool
    packages: tuple[str, ...]
    health_path: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One instruction with its 1-based line, continuations joined."""

    word: str
    value: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnImage:
    """The backend's own Dockerfile, as far as reading tells."""

    path: str
    instructions: tuple[Instruction, ...]

    @property
    def base(self) -> str:
        """The image of the last stage, followed back through stage names."""
        stages = {
            parts[2].lower(): parts[0]
            for parts in (i.value.split() for i in self._all("FROM"))
            if len(parts) == 3
        }
        froms = self._all("FROM")
        last = froms[-1].value.split()[0] if froms else ""
        return stages.get(last.lower(), last)

    @property
    def exposed(self) -> Instruction | None:
        return next(reversed(self._final("EXPOSE")), None)

    @property
    def command(self) -> Instruction | None:
        return next(reversed(self._final("CMD", "ENTRYPOINT")), None)

    @property
    def user(self) -> Instruction | None:
        return next(reversed(self._final("USER")), None)

    @property
    def port(self) -> tuple[int, int] | None:
        """The port the app listens on and the line that says so, or None when it is unclear."""
        for found in self.listening, self.exposed_port:
            if found is not None:
                return found
        return None

    @property
    def listening(self) -> tuple[int, int] | None:
        """The port in the start command, a shell default (``${PORT:-8000}``) included."""
        if self.command is None:
            return None
        match = re.search(
            r"(?:--port|--bind|-b|-p)[\"',=\s]+(?:[\w.*\[\]:]*:)?(?:(\d+)|\$\{?(\w+)(?::-(\d+)\})?)",
            self.command.value,
        )
        if match is None:
            return None
        number = match[1] or match[3] or self._variable(match[2] or "")
        return (int(number), self.command.line) if number else None

    @property
    def exposed_port(self) -> tuple[int, int] | None:
        if self.exposed is None:
            return None
        match = re.match(r"\d+", self.exposed.value)
        name = re.match(r"\$\{?(\w+)", self.exposed.value)
        number = match[0] if match else self._variable(name[1] if name else "")
        return (int(number), self.exposed.line) if number else None

    def copied(self) -> Iterator[tuple[str, int]]:
        """The sources of COPY and ADD that come from the bundle, with their lines."""
        for found in self._all("COPY", "ADD"):
            if "--from=" in found.value or "<<" in found.value:
                continue
            words = [word for word in _words(found.value) if not word.startswith("--")]
            yield from ((word, found.line) for word in words[:-1])

    def _variable(self, name: str) -> str:
        for found in self._all("ENV", "ARG"):
            match = re.search(rf"(?:^|\s){re.escape(name)}[=\s]\"?(\d+)", found.value)
            if name and match:
                return match[1]
        return ""

    def _all(self, *words: str) -> list[Instruction]:
        return [found for found in self.instructions if found.word in words]

    def _final(self, *words: str) -> list[Instruction]:
        """Instructions of the last stage: only they make the image that runs."""
        start = max((i.line for i in self._all("FROM")), default=0)
        return [found for found in self._all(*words) if found.line >= start]


def make_dockerfile(image: Image) -> bytes:
    """The Dockerfile of the recipe for this app. Builds with the classic builder, too."""
    return render(
        "Dockerfile",
        {
            "python": image.python,
            "packages": " ".join(("gcc", "g++", "curl", *image.packages)),
            "packages_reason": ", and what the requirements need" if image.packages else "",
            "environment": _search(image.search),
            "install": _install(image),
            "code": "" if image.needs_code else "COPY --chown=user . .\n\n",
            "health_url": shlex.quote(f"http://localhost:{image.port}{image.health_path}"),
            "port": str(image.port),
            "command": json.dumps(_command(image), ensure_ascii=False),
        },
    ).encode()


def _command(image: Image) -> list[str]:
    command = ["uvicorn", image.app]
    command += ["--factory"] if image.factory else []
    command += ["--app-dir", image.app_dir] if image.app_dir else []
    return [*command, "--host", "0.0.0.0", "--port", str(image.port)]  # noqa: S104


def _search(search: tuple[str, ...]) -> str:
    if not search:
        return ""
    places = [f"/home/user/app/{place}".rstrip("/") for place in search]
    return f" \\\n    PYTHONPATH={':'.join(places)}"


def _install(image: Image) -> str:
    install = f"RUN pip install --no-cache-dir -r {image.requirements}"
    if image.needs_code:
        return f"COPY --chown=user . .\n{install}"
    folders: dict[str, list[str]] = {}
    for path in image.manifests:
        folder, _, _ = path.rpartition("/")
        folders.setdefault(folder, []).append(path)
    copies = [
        f"COPY --chown=user {' '.join(paths)} {f'{folder}/' if folder else _target(paths)}"
        for folder, paths in sorted(folders.items())
    ]
    return "\n".join([*copies, install])


def _target(paths: list[str]) -> str:
    return "." if len(paths) == 1 else "./"


def read_dockerfile(content: bytes, path: str) -> OwnImage:
    """The instructions of a Dockerfile; comments, continuations and heredocs understood."""
    return OwnImage(
        path=path, instructions=tuple(_instructions(content.decode("utf-8", "replace")))
    )


def _instructions(text: str) -> Iterator[Instruction]:
    held, start, until = "", 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        if until:
            until = "" if line.strip() == until else until
            continue
        if line.lstrip().startswith("#") or (held and not line.strip()):
            continue
        start = start or number
        held += line.rstrip().removesuffix("\\") + " "
        if line.rstrip().endswith("\\"):
            continue
        word, _, value = held.strip().partition(" ")
        if word:
            yield Instruction(word=word.upper(), value=value.strip(), line=start)
        heredoc = re.search(r"<<-?[\"']?(\w+)", value)
        held, start, until = "", 0, heredoc[1] if heredoc else ""


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
            user.line if user else 1,
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
    words = _words(image.command.value) if image.command else []
    script = words[0] if words and words[0].endswith(".sh") else ""
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


def _words(value: str) -> list[str]:
    if value.lstrip().startswith("["):
        try:
            return [str(item) for item in json.loads(value)]
        except ValueError:
            return []
    return value.split()


def _warn(image: OwnImage, line: int, message: str, hint: str) -> Notice:
    return Notice(message=message, hint=hint, where=Where(file=image.path, line=line))
