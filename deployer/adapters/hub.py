"""Spaces on the Hub: the configuration and the runtime; the register is in hub_directory.py."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from deployer.adapters.hub_answers import runtime_of
from deployer.adapters.hub_client import HubClient, is_passing
from deployer.adapters.log_stream import LogStream, space_events, space_log
from deployer.errors import HubRefused
from deployer.model import Configuration, Runtime, SettingWrite, SpaceId, StoredSetting
from deployer.ports import LogTail

Setting = TypeVar("Setting")

if TYPE_CHECKING:
    from huggingface_hub import HfApi, SpaceInfo


def space_info(api: HfApi, space: SpaceId) -> SpaceInfo:
    """What the Hub tells of a Space."""
    return api.space_info(str(space))


class HubConfig:
    """``ports.SpaceConfig`` on the Hub."""

    def __init__(self, client: HubClient) -> None:
        self.client = client

    def read(self, space: SpaceId) -> Configuration:
        secrets = self._list(space, "secrets", lambda api: api.get_space_secrets(str(space)))
        variables = self._list(space, "variables", lambda api: api.get_space_variables(str(space)))
        return Configuration(
            secrets={
                name: StoredSetting(name=name, description=secret.description or "")
                for name, secret in secrets.items()
            },
            variables={
                name: StoredSetting(
                    name=name, value=variable.value, description=variable.description or ""
                )
                for name, variable in variables.items()
            },
        )

    def _list(
        self, space: SpaceId, what: str, request: Callable[[HfApi], dict[str, Setting]]
    ) -> dict[str, Setting]:
        """What is set; nothing on a Hub without such a list, since the Space itself was found."""
        try:
            return self.client.call(f"list the {what} of {space}", request)
        except HubRefused as refused:
            if refused.status != 404:
                raise
            return {}

    def send(self, space: SpaceId, write: SettingWrite, *, public: bool) -> None:
        def request(api: HfApi) -> None:
            add = api.add_space_variable if public else api.add_space_secret
            add(str(space), write.name, write.value.reveal(), description=write.description)

        self.client.call(f"set {write.name} on {space}", request)

    def remove(self, space: SpaceId, name: str, *, public: bool) -> None:
        def request(api: HfApi) -> None:
            delete = api.delete_space_variable if public else api.delete_space_secret
            delete(str(space), name)

        self.client.call(f"delete {name} from {space}", request)

    def resize(self, space: SpaceId, *, hardware: str | None, sleep_time: int | None) -> None:
        def request(api: HfApi) -> None:
            if hardware is not None:
                api.request_space_hardware(str(space), hardware, sleep_time=sleep_time)  # type: ignore[arg-type]
            elif sleep_time is not None:
                api.set_space_sleep_time(str(space), sleep_time)

        self.client.call(f"set hardware or sleep time of {space}", request)


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
