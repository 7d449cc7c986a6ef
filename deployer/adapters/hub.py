"""Spaces on the Hub: the runtime. The register is in hub_directory.py, settings in hub_config."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from deployer.adapters.hub_answers import runtime_of
from deployer.adapters.hub_client import HubClient, is_passing
from deployer.adapters.log_stream import LogStream, space_events, space_log
from deployer.model import Runtime, SpaceId
from deployer.ports import LogTail

if TYPE_CHECKING:
    from huggingface_hub import HfApi, SpaceInfo


def space_info(api: HfApi, space: SpaceId) -> SpaceInfo:
    """What the Hub tells of a Space."""
    return api.space_info(str(space))


class HubRuntime:
    """``ports.SpaceRuntime`` on the Hub."""

    def __init__(self, client: HubClient) -> None:
        self.client = client

    def now(self, space: SpaceId) -> Runtime:
        return runtime_of(
            self.client.call(
                f"tell the state of {space}",
                lambda api: api.get_space_runtime(str(space)).raw,
                attempts=3,
                again=lambda status: status == 404 or is_passing(status),
            )
        )

    def head(self, space: SpaceId) -> str:
        info = self.client.call(f"read the Space {space}", lambda api: space_info(api, space))
        return info.sha or ""

    def restart(self, space: SpaceId, *, factory: bool = False) -> None:
        self.client.call(
            f"restart {space}", lambda api: api.restart_space(str(space), factory_reboot=factory)
        )

    def follow(self, space: SpaceId, kind: str) -> LogTail:
        api = self.client.api
        if kind == "events":
            closed = threading.Event()
            return LogStream(lambda: space_events(api, str(space), closed), closed)
        return LogStream(lambda: space_log(api, str(space), build=kind == "build"))

    def spacing(self) -> float:
        return self.client.spacing()
