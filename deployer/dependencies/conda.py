"""environment.yml: its pip part and its Python. The Space installs with pip, not with conda."""

from __future__ import annotations

import re

from packaging.utils import canonicalize_name

from deployer.dependencies import listed, requirements
from deployer.dependencies.development import is_test_package
from deployer.dependencies.documents import items, texts, yaml_mapping
from deployer.dependencies.found import Manifest, Source
from deployer.dependencies.listed import Wish
from deployer.errors import Notice, Problem, Refused

# What the image has, or pip brings itself.
THERE = frozenset({"python", "pip", "setuptools", "wheel"})
# Conda's name, where what is imported is called otherwise.
IMPORTED_AS = {
    "beautifulsoup4": "bs4",
    "faiss-cpu": "faiss",
    "faiss-gpu": "faiss",
    "opencv": "cv2",
    "pillow": "PIL",
    "psycopg2-binary": "psycopg2",
    "py-opencv": "cv2",
    "pymupdf": "fitz",
    "python-dotenv": "dotenv",
    "pytorch": "torch",
    "pyyaml": "yaml",
    "scikit-image": "skimage",
    "scikit-learn": "sklearn",
}
SPEC = re.compile(r"^(?:[\w./-]+::)?([A-Za-z0-9_][\w.-]*)\s*(.*)$")


def read(source: Source) -> Manifest:
    """The pip part. Raises ``Refused`` when the app imports what only conda's part holds."""
    document = yaml_mapping(source)
    conda = [match for item in texts(document, "dependencies") if (match := SPEC.match(item))]
    names: dict[str, str] = {canonicalize_name(match[1]): match[2] for match in conda}
    others = sorted(names.keys() - THERE)
    wishes = [
        Wish(text=line, line=source.line_of(line))
        for item in items(document, "dependencies")
        if isinstance(item, dict)
        for line in texts(item, "pip")
    ]
    piped = {entry.name for wish in wishes for entry in requirements.parse(wish.text)}
    needed = [name for name in others if name not in piped and _is_needed(name, source)]
    if needed:
        raise Refused([_refused(source, needed)])
    return listed.manifest(
        source,
        "environment.yml",
        wishes,
        python=_python(names.get("python", "")),
        notices=(_left(source, others),) if others else (),
    )


def _is_needed(name: str, source: Source) -> bool:
    imported = IMPORTED_AS.get(name, name.replace("-", "_"))
    return name in source.app or (imported in source.needed and not is_test_package(name))


def _python(version: str) -> str:
    """``=3.11``, ``==3.11.4`` and ``3.11.*`` mean that minor version; a range stays one."""
    exact = re.match(r"=*\s*(3\.\d+)", version)
    if exact:
        return f"=={exact[1]}.*"
    return version if re.match(r"[<>!~]", version) else ""


def _refused(source: Source, needed: list[str]) -> Problem:
    names = ", ".join(f"`{name}`" for name in needed)
    return source.problem(
        f"The app needs {names}, which conda installs here, and a Space has no conda.",
        "Name them in the `pip:` part of this file or in a requirements.txt, or bring a Dockerfile"
        " of your own.",
        source.line_of(needed[0]),
    )


def _left(source: Source, others: list[str]) -> Notice:
    names = ", ".join(others)
    return Notice(
        message=f"Conda's part is not installed: {names}. The app imports none of it.",
        hint="What it needs all the same belongs into the `pip:` part.",
        where=source.where(),
    )
