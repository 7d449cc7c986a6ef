"""The Dockerfile that is made for a backend which brings none: the recipe's, for this app."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass

from deployer.templates import render

PORT = 7860


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
