"""The planner of the bundle's tests, for manifests."""

from tests.unit.bundle.conftest import plan, refused

__all__ = ["plan", "refused"]
