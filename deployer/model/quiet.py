"""The base of records whose values are too long, or too secret, to be printed."""

from __future__ import annotations

from msgspec import Struct


class Quiet(Struct, frozen=True):
    """Says its name alone, also where somebody prints it by accident."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"
