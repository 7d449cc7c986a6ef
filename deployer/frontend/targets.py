"""What is written into a script: for whom it runs, which build takes it, what it may import."""

from __future__ import annotations

from deployer.frontend.choices import Target
from deployer.frontend.discovery import framework_at, is_build_config, served
from deployer.frontend.environment import Framework, Read
from deployer.frontend.modes import build_of
from deployer.frontend.request import FrontendRequest
from deployer.frontend.shared_module import Module
from deployer.frontend.syntax import Script


def target_of(
    request: FrontendRequest,
    script: Script,
    root: str,
    framework: Framework,
    read: Read,
    *,
    module: Module | None = None,
) -> Target:
    """The target of one script of the frontend in ``root``."""
    path = script.path
    by_server = served(path, script.content, root, framework)
    return Target(
        deployed=request.backend_url,
        ours=request.deployed,
        local=request.local_url,
        framework=framework_at(path, root, framework),
        config=is_build_config(path) or by_server,
        meta=by_server and framework.meta,
        side=build_of(path, lambda other: read(other) is not None),
        module=module,
    )
