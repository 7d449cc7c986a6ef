"""The Dockerfile that is made for a backend which brings none: the recipe's, for this app."""

from __future__ import annotations

import json
import posixpath
import shlex

from msgspec import Struct

from deployer.templates import render

PORT = 7860
HOME = "/home/user/app"


class Image(Struct, frozen=True, kw_only=True):
    """What a made Dockerfile depends on. Paths are those inside the Space.

    ``also`` are requirements files for calls of pip of their own; ``folders`` are absolute, made
    for the user; ``links`` are other names of the app's folder;
    ``release`` is the Debian release that the system packages need, empty for the newest;
    ``commands`` run once the requirements are installed.
    """

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
    also: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    release: str = ""
    commands: tuple[str, ...] = ()
    workdir: str = ""


def make_dockerfile(image: Image) -> bytes:
    """The Dockerfile of the recipe for this app. Builds with the classic builder, too."""
    return render(
        "Dockerfile",
        {
            "base": f"{image.python}-slim" + (f"-{image.release}" if image.release else ""),
            "packages": " ".join(("gcc", "g++", "curl", *image.packages)),
            "packages_reason": ", and what the requirements need" if image.packages else "",
            "user": _user(image),
            "environment": _search(image.search),
            "install": _install(image),
            "code": _code(image),
            "health": json.dumps(["sh", "-c", _health(image)], ensure_ascii=False),
            "port": str(image.port),
            "command": json.dumps(_command(image), ensure_ascii=False),
        },
    ).encode()


def _health(image: Image) -> str:
    return f"curl -f {shlex.quote(f'http://localhost:{image.port}{image.health_path}')} || exit 1"


def _user(image: Image) -> str:
    """The commands that make the user and what he owns."""
    folders = " ".join((HOME, *image.folders))
    make = ["useradd -m -u 1000 user", f"mkdir -p {folders}"]
    make += [f"ln -s {HOME} {link}" for link in image.links]
    own = [f for f in image.folders if not f.startswith(f"{HOME}/")]
    make += [f"chown -R user:user {' '.join((HOME, *own))}"]
    return " \\\n    && ".join(make)


def _command(image: Image) -> list[str]:
    command = ["uvicorn", image.app]
    command += ["--factory"] if image.factory else []
    # As seen from where it runs; its own folder is searched anyway.
    app_dir = posixpath.relpath(image.app_dir or ".", image.workdir or ".")
    command += ["--app-dir", app_dir] if app_dir != "." else []
    return [*command, "--host", "0.0.0.0", "--port", str(image.port)]  # noqa: S104


def _code(image: Image) -> str:
    copy = "" if image.needs_code else "COPY --chown=user . .\n"
    workdir = f"WORKDIR {HOME}/{image.workdir}\n" if image.workdir else ""
    return f"{copy}{workdir}\n" if copy or workdir else ""


def _search(search: tuple[str, ...]) -> str:
    if not search:
        return ""
    places = [f"{HOME}/{place}".rstrip("/") for place in search]
    return f" \\\n    PYTHONPATH={':'.join(places)}"


def _install(image: Image) -> str:
    # Not in one call: a file with hashes and one without don't go together.
    installed = (image.requirements, *image.also)
    runs = [*(f"pip install --no-cache-dir -r {path}" for path in installed), *image.commands]
    install = "RUN " + " \\\n    && ".join(runs)
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
