"""How a cause shows: a row of the tables in causes.py, build_causes.py and service_causes.py."""

from __future__ import annotations

from msgspec import Struct

from deployer.model import Cause


class Rule(Struct, frozen=True, kw_only=True):
    """A cause and how it shows. ``service`` limits it to health answers that name the service."""

    pattern: str
    cause: Cause
    service: str = ""
