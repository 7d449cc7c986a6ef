"""A Space's secrets and variables on the Hub, and the hardware it runs on."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, TypeVar

from deployer.adapters.hub_client import HubClient
from deployer.errors import HubRefused
from deployer.model import Configuration, SettingWrite, SpaceId, StoredSetting

if TYPE_CHECKING:
    from huggingface_hub import HfApi

Setting = TypeVar("Setting")


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

        try:
            self.client.call(f"delete {name} from {space}", request)
        except HubRefused as refused:
            # An earlier try may have got through with its answer lost.
            if refused.status != 404 or name in self._names(space, public=public):
                raise

    def _names(self, space: SpaceId, *, public: bool) -> Collection[str]:
        stored = self.read(space)
        return stored.variables if public else stored.secrets

    def resize(self, space: SpaceId, *, hardware: str | None, sleep_time: int | None) -> None:
        def request(api: HfApi) -> None:
            if hardware is not None:
                api.request_space_hardware(str(space), hardware, sleep_time=sleep_time)  # type: ignore[arg-type]
            elif sleep_time is not None:
                api.set_space_sleep_time(str(space), sleep_time)

        self.client.call(f"set hardware or sleep time of {space}", request)
