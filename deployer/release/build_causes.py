"""Why an image does not build, in the words of pip, uv, apt, compilers and Docker."""

from __future__ import annotations

from typing import Final

from deployer.model import Cause
from deployer.release.cause_rule import Rule

BUILD: Final = (
    Rule(
        pattern=r"No matching distribution found for ([\w.\[\],=<>!~*-]{1,200})",
        cause=Cause(
            title="pip finds no package for `{0}`",
            remedy="Check its name and version in requirements.txt, and that it supports the "
            "Space's Python (`python-version`).",
        ),
    ),
    Rule(
        pattern=r"Because ([\w.-]+) was not found in the package registry",
        cause=Cause(
            title="uv finds no package `{0}`",
            remedy="Check its name in the requirements.",
        ),
    ),
    Rule(
        pattern=r"Because there (?:is|are) no versions? of ([\w.\[\],=<>!~*-]{1,200})",
        cause=Cause(
            title="uv finds no version of `{0}`",
            remedy="Check its version in the requirements, and that it supports the Space's Python "
            "(`python-version`).",
        ),
    ),
    Rule(
        pattern=r"requires a different Python: ([\d.]{1,12}) not in",
        cause=Cause(
            title="A package does not support Python {0}",
            remedy="Set `python-version` to one that it supports, or take another version of it.",
        ),
    ),
    Rule(
        pattern=r"ResolutionImpossible|conflicting dependencies"
        r"|requirements\s{1,20}are\s{1,20}unsatisfiable",
        cause=Cause(
            title="The requirements contradict each other",
            remedy="Loosen the pins that pip or uv names in the log, or lock a set that resolves.",
        ),
    ),
    Rule(
        pattern=r"E: Unable to locate package ([\w.+-]{1,80})"
        r"|E: Package '([\w.+-]{1,80})' has no installation candidate",
        cause=Cause(
            title="Debian has no package `{0}`",
            remedy="Check its name in the base image's release: Debian 13 has `libgl1` in place of "
            "`libgl1-mesa-glx`.",
        ),
    ),
    Rule(
        pattern=r"pg_config executable not found|Failed building wheel for [\w.-]{1,80}"
        r"|error: command '[\w/.-]{0,60}(?:gcc|g\+\+|cc|c?make)' failed",
        cause=Cause(
            title="A package has to be compiled, and the image can't",
            remedy="Take one that comes built for the Space's Python (`psycopg2-binary` in place "
            "of `psycopg2`), or bring a Dockerfile of your own that installs the compiler.",
        ),
    ),
    Rule(
        pattern=r"failed to calculate checksum of ref [^\n]{1,200}?"
        r"\"?/([\w./-]{1,120})\"?: not found",
        cause=Cause(
            title="The Dockerfile copies `{0}`, which the Space has not",
            remedy="Check the path in its COPY, and that no ignore rule leaves the file out "
            "(`mode: plan` lists every file).",
        ),
    ),
)
