"""A folder with exactly what a commit is to send: a file that changes during the run is refused."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from deployer.adapters.disk import Workspace
from deployer.errors import Exit, Problem, Refused, Where
from deployer.model import BundleFile


@contextlib.contextmanager
def staged(files: Sequence[BundleFile], workspace: Path, temp: Path) -> Iterator[Path]:
    """The folder, below ``temp``; gone afterwards, come what may. Raises ``Refused``."""
    temp.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="hf-space-deploy-", dir=temp) as name:
        folder = Path(name)
        changed = [file for file in files if not _stage(folder, file, workspace)]
        if changed:
            raise Refused(_changed(file) for file in changed)
        yield folder


def _stage(folder: Path, file: BundleFile, workspace: Path) -> bool:
    """Whether the staged copy is what was planned."""
    target = folder / file.path
    target.parent.mkdir(parents=True, exist_ok=True)
    if file.content is not None:
        target.write_bytes(file.content)
        return True
    try:
        shutil.copyfile(workspace / str(file.source), target)
    except FileNotFoundError:
        return False
    return Workspace(folder).digest(file.path) == file.digest


def _changed(file: BundleFile) -> Problem:
    return Problem(
        exit=Exit.BUNDLE,
        message=f"`{file.source}` changed while it was being deployed.",
        hint="Let no other step write to the backend during the deploy; run the job again.",
        where=Where(file=file.source),
    )
