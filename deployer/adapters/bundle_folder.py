"""The bundle as files of a folder of ours: what a clone of the Space would hold, and no more."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from deployer.model import BundleFile


def own_folder(temp: Path) -> Path:
    """A new folder that nobody else can look into."""
    temp.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix="hf-space-deploy-", dir=temp))


def write_bundle(files: Sequence[BundleFile], workspace: Path, target: Path) -> Path:
    """``target`` with the files. None is executable: a commit through the Hub's API makes none."""
    target.mkdir(parents=True)
    for file in files:
        place = target / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        if file.content is not None:
            place.write_bytes(file.content)
        else:
            shutil.copyfile(workspace / (file.source or file.path), place)
        place.chmod(0o644)
    return target
