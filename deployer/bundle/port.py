"""The port that a Space's app listens on: from the start command, from what it starts, or given."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

from deployer.bundle import card_values, front_matter
from deployer.bundle.parts import Parts
from deployer.code.launch import MODULE
from deployer.code.source import join
from deployer.errors import Notice, Where
from deployer.image.made import PORT
from deployer.image.own import OwnImage, words

SERVER_PORT = 8000  # of uvicorn, `fastapi run`, gunicorn and hypercorn, when nobody names one
LONGEST, MOST = 100_000, 8  # characters of a script, names in an expression: no real one has more
FIRST_FREE = 1024  # below it, Linux gives ports to root alone unless it is told otherwise
_SERVER = re.compile(
    r"(?:^|\s|/)(uvicorn|gunicorn|hypercorn|fastapi run)\b"
    r"(?!.*(?:(?i:port)|-b\b|--bind|uds|\bfd\b))"
)
_CONFIGURED = re.compile(r"(?:-c|--config)[=\s]+(?:file:)?(\S+\.py)")
_EXPRESSION = r"((?:[^(),\n]|\((?:[^()]|\([^()]*\))*\))+)"
# Where a script names the port, with what stands for it.
_NAMED = (
    re.compile(
        r"\buvicorn\.(?:run|Config)\((?:[^()]|\((?:[^()]|\([^()]*\))*\)){0,500}?\bport\s*=\s*"
        + _EXPRESSION
    ),
    re.compile(r"--port[=\s\"',]+([^\s\"',\\]+)"),
    re.compile(r"(?:--bind|\s-b)[=\s\"',]+[\w.*\[\]]*:([^\s\"',\\]+)"),
    re.compile(r"^bind\s*=\s*([^\n]+)", re.MULTILINE),
)
_STARTS = re.compile(r"\buvicorn\.run\(|\buvicorn\s+[\"']?[\w.]+:\w+")
_ADDRESS = re.compile(r"\b\d+\.\d+\.\d+\.\d+\b")


def app_port(parts: Parts, readme: front_matter.Readme) -> tuple[int, list[Notice]]:
    """The port of the Space: what the app listens on, else what the README says, else 7860."""
    valid = card_values.port_of(readme.values.get("app_port"))
    image = parts.reading.image
    if image is None:
        return valid or PORT, []
    fixed = "PORT" not in (*parts.request.variables, *parts.request.secrets)
    listening = image.listening if fixed else None
    exposed = image.exposed_port
    told = valid or _started(parts, image) or (exposed[0] if exposed else _served(image)) or PORT
    port = listening[0] if listening else told
    notices = list(_privileged(image, port))
    if valid is None or valid == port or listening is None:
        return port, notices
    message = f"README.md says `app_port: {valid}`, the app listens on {port}; {port} was taken."
    where = Where(file=image.path, line=listening[1])
    return port, [
        Notice(message=message, hint="Correct the README or the port.", where=where),
        *notices,
    ]


def _privileged(image: OwnImage, port: int) -> Iterator[Notice]:
    if port < FIRST_FREE and image.command is not None:
        yield Notice(
            message=f"Port {port} is below {FIRST_FREE}, which user 1000 may not be let listen on.",
            hint="Listen on 7860, and say so in EXPOSE.",
            where=Where(file=image.path, line=image.command.line),
        )


def _started(parts: Parts, image: OwnImage) -> int | None:
    """The port in what the image starts: ``python main.py``, ``sh start.sh``, ``python -m app``,
    a console script of pyproject.toml, gunicorn's configuration."""
    for path in _scripts(parts, image):
        text = parts.reading.code.text(path)[:LONGEST]
        for pattern in _NAMED:
            for match in pattern.finditer(text):
                port = _resolved(match[1], text, image)
                if port is not None:
                    return port
        if _STARTS.search(text) and not re.search(r"(?i)\b\w*_?port\b(?<!import)", text):
            return SERVER_PORT
    return None


def _resolved(expression: str, text: str, image: OwnImage, hops: int = 4) -> int | None:
    """The number that an expression stands for; what the Dockerfile sets beats a default."""
    names = re.findall(r"[A-Za-z_]\w*", expression)[:MOST]
    for name in names:
        if given := image.variable(name):
            return int(given)
    number = re.search(r"\b\d{2,5}\b", _ADDRESS.sub("", expression))
    if number:
        return int(number[0])
    for name in names if hops else ():
        found = re.search(rf"(?<![\w.]){name}\s*(?::\s*int\s*)?(?::-|:?=)(?!=)\s*([^\n#]+)", text)
        port = _resolved(found[1], text, image, hops - 1) if found else None
        if port is not None:
            return port
    return None


def _scripts(parts: Parts, image: OwnImage) -> Iterator[str]:
    """The files of the workspace that the start command runs, as far as it names them."""
    started = words(image.command.value) if image.command else []
    command = " ".join(started)
    declared = _console_scripts(parts)
    configured = ["gunicorn.conf.py"] if "gunicorn" in started else []
    for module in MODULE.findall(command):
        base = module.replace(".", "/")
        configured += [f"{base}/__main__.py", f"{base}.py"]
    named = [word for word in re.findall(r"[\w./-]+", command) if word.endswith((".py", ".sh"))]
    own = [declared[word] for word in started if word in declared]
    for path in (*own, *named, *_CONFIGURED.findall(command), *configured):
        yield from _files(parts, path)


def _files(parts: Parts, written: str) -> Iterator[str]:
    """The file that a path of the image stands for: the longest end of it that ships."""
    tail = written.removeprefix("./").lstrip("/")
    while tail:
        ends = [p for p in parts.reading.listing.files if f"/{p}".endswith(f"/{tail}")]
        if ends:
            near = join(parts.backend.folder, tail)
            yield near if near in ends else min(ends, key=lambda path: (path.count("/"), path))
            return
        tail = tail.partition("/")[2]


def _served(image: OwnImage) -> int | None:
    """The port that the server takes by itself."""
    command = " ".join(words(image.command.value)) if image.command else ""
    server = _SERVER.search(command)
    if server is None:
        return None
    given = image.variable("UVICORN_PORT" if server[1] == "uvicorn" else "PORT")
    return int(given) if given else SERVER_PORT


def _console_scripts(parts: Parts) -> dict[str, str]:
    """The file of each command that the backend's pyproject.toml declares."""
    try:
        read = tomllib.loads(parts.reading.code.text(join(parts.backend.folder, "pyproject.toml")))
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
    tool = read.get("tool")
    tables = (read.get("project"), tool.get("poetry") if isinstance(tool, dict) else None)
    named = [table.get("scripts") for table in tables if isinstance(table, dict)]
    return {
        name: f"{target.partition(':')[0].replace('.', '/')}.py"
        for table in named
        if isinstance(table, dict)
        for name, target in table.items()
        if isinstance(target, str)
    }
