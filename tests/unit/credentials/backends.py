"""A backend as reading its code gives it, for checks that look at little of it."""

from __future__ import annotations

from deployer.model import Backend, EnvironmentName, OriginSetting


def backend(*needs: EnvironmentName, origins: OriginSetting | None = None) -> Backend:
    """It needs these names, and takes its origins from there."""
    return Backend(
        folder="backend",
        app="main:app",
        python_version="3.11",
        health_path="/health",
        health_found=True,
        environment=needs,
        origins=origins,
    )
