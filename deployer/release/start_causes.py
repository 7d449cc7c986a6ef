"""Why what an image starts does not start, or ends at once: Docker's words, runc's and Python's."""

from __future__ import annotations

from typing import Final

from deployer.model import Cause
from deployer.release.cause_rule import Rule

STARTED: Final = (
    Rule(
        pattern=r"\bexec:? \"?([\w./-]{1,120})\"?: permission denied",
        cause=Cause(
            title="The image starts `{0}`, which is not executable",
            remedy='No file of a Space is. Start it through its shell (`["sh", "start.sh"]`), or '
            "add a `RUN chmod +x` after the COPY.",
        ),
    ),
    Rule(
        pattern=r"\bexec:? \"?([\w./-]{1,120})\"?: (?:stat [\w./-]{1,120}: )?no such file or dir"
        r"|\bexec: \"([\w./-]{1,120})\": executable file not found",
        cause=Cause(
            title="The image starts `{0}`, and has no such program",
            remedy="Check CMD and ENTRYPOINT. A script that is there has Windows line ends (add "
            "`*.sh text eol=lf` to .gitattributes), or an interpreter in its first line that the "
            "image has not.",
        ),
    ),
    Rule(
        pattern=r"\bexec:? \"?([\w./-]{1,120})\"?: exec format error",
        cause=Cause(
            title="The image starts `{0}`, which is no program for it",
            remedy="A script's first line must name its interpreter (`#!/bin/sh`); a program must "
            "be built for linux/amd64.",
        ),
    ),
    Rule(
        pattern=r"[Ee]xit (?:code|status):? 139|Segmentation fault",
        cause=Cause(
            title="The app crashed in native code (a segmentation fault)",
            remedy="Usually a package with compiled code, of a version that does not fit: pin the "
            "ones that work on your machine.",
        ),
    ),
    Rule(
        pattern=r"Connect call failed \('(?:127\.0\.0\.1|::1)', (\d{1,5})"
        r"|Error 111 connecting to (?:localhost|127\.0\.0\.1):(\d{1,5})"
        r"|\b(?:localhost|127\.0\.0\.1):(\d{1,5}): \[Errno 111\]"
        r"|host='(?:localhost|127\.0\.0\.1)', port=(\d{1,5})\)[^\n]{0,300}refused",
        cause=Cause(
            title="The app looks for a service on its own machine, port {0}, where none listens",
            remedy="A Space has only what its image starts: give the app the address of a service "
            "on the internet. In a rehearsal it may also be a service container of the job.",
        ),
    ),
)
