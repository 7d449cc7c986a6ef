"""The opponents' own environment, which also draws the plots: ``make bench`` alone installs it.

It lies below ``.cache/bench`` and is made anew when its lock changes.
"""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
LOCK: Final = ROOT / "requirements" / "bench.txt"
CACHE: Final = ROOT / ".cache" / "bench"


@functools.cache
def opponents_environment() -> Path:
    """The folder of a virtual environment with what requirements/bench.txt names."""
    place, stamp = CACHE / "environment", CACHE / "environment" / "bench.txt"
    if stamp.is_file() and stamp.read_bytes() == LOCK.read_bytes():
        return place
    uv = str(Path(sys.executable).with_name("uv"))
    make = (uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(place))
    python = ("--python", str(place / "bin" / "python"))
    # Compiled, as pip compiles what it installs: nobody's first start is measured by chance.
    fill = (uv, "pip", "install", "--quiet", "--compile-bytecode", *python, "--require-hashes")
    for command in (make, (*fill, "--no-deps", "-r", str(LOCK))):
        # With the machine's certificates, as pip does.
        subprocess.run(command, check=True, env={**os.environ, "UV_SYSTEM_CERTS": "1"})
    stamp.write_bytes(LOCK.read_bytes())
    return place
