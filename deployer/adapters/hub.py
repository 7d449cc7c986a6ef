"""Spaces on the Hub: the register, the configuration, the runtime."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from deployer.adapters.hub_client import HubClient
from deployer.adapters.hub_errors import HOW_TO_GET_ACCESS
from deployer.adapters.log_stream import LogStream, space_log
from deployer.errors import HubRefused
from deployer.model import (
    Configuration,
    Runtime,
    SettingWrite,
    Space,
    SpaceId,
    StoredSetting,
)
from deployer.ports import LogTail

if TYPE_CHECKING:
    from huggingface_hub import HfApi, SpaceInfo


class HubDirectory:
    """``ports.SpaceDirectory`` on the Hub."""

    def __init__(self, client: HubClient) -> None:
        self.client = client

    def account(self) -> str:
        return str(self._whoami()["name"])

    def find(self, space: SpaceId) -> Space | None:
        try:
            info = self.client.call(f"read the Space {space}", lambda api: _info(api, space))
        except HubRefused as refused:
            if refused.status == 404 or (refused.status == 401 and self._token_works()):
                return None
            raise
        return _space(self.client.endpoint, space, info)

    def _token_works(self) -> bool:
        """A Space that the token may not see is answered with 401, as is a token that is wrong."""
        return self.client.token is not None and bool(self._whoami())

    def may_write(self, space: SpaceId) -> None:
        def check(api: HfApi) -> None:
            api.auth_check(str(space), repo_type="space", write=True)

        try:
            self.client.call(f"write to the Space {space}", check)
        except HubRefused as refused:
            if refused.status != 404:
                raise
            self.may_create(space)

    def may_create(self, space: SpaceId) -> None:
        """The preflight for a Space that doesn't exist: who the token is, and its role."""
        who = self._whoami()
        role = _at(who, "auth", "accessToken", "role")
        if role == "read":
            raise HubRefused(
                f"The token may only read, and cannot write to the Space {space}.",
                hint=HOW_TO_GET_ACCESS,
                status=403,
            )
        orgs = who.get("orgs")
        if not isinstance(orgs, list):
            return  # a Hub that doesn't list them may still let the creation pass
        names = {str(who.get("name", ""))} | {str(_at(org, "name")) for org in orgs}
        if space.owner.lower() not in {name.lower() for name in names}:
            raise HubRefused(
                f"The token belongs to `{who.get('name')}`, which can't create a Space for "
                f"`{space.owner}`.",
                hint="Check the owner in `space`, or use a token of a member of that organisation.",
                status=403,
            )

    def _whoami(self) -> Mapping[str, Any]:
        return self.client.call("name the token's owner", lambda api: dict(api.whoami()))

    def create(
        self,
        space: SpaceId,
        *,
        visibility: str,
        hardware: str | None,
        sleep_time: int | None,
        secrets: Sequence[SettingWrite],
        variables: Sequence[SettingWrite],
    ) -> Space:
        def request(api: HfApi) -> None:
            api.create_repo(
                str(space),
                repo_type="space",
                space_sdk="docker",
                visibility=visibility,  # type: ignore[arg-type]
                space_hardware=hardware,  # type: ignore[arg-type]
                space_sleep_time=sleep_time,
                space_secrets=[_payload(write) for write in secrets] or None,
                space_variables=[_payload(write) for write in variables] or None,
            )

        try:
            self.client.call(f"create the Space {space}", request)
        except HubRefused as refused:
            # 409: an earlier try of this very request did reach the Hub.
            if refused.status != 409:
                raise
        found = self.find(space)
        if found is None:
            raise HubRefused(f"The Hub created the Space {space} and does not find it.", status=404)
        return found


def _payload(write: SettingWrite) -> dict[str, str]:
    return {"key": write.name, "value": write.value.reveal(), "description": write.description}


def _info(api: HfApi, space: SpaceId) -> SpaceInfo:
    return api.space_info(str(space))


def _space(endpoint: str, space: SpaceId, info: SpaceInfo) -> Space:
    runtime = _runtime(info.runtime.raw) if info.runtime else Runtime(stage="unknown")
    visibility = getattr(info, "visibility", None)
    return Space(
        id=space,
        host=(info.host or "").rstrip("/"),
        head=info.sha or "",
        sdk=info.sdk or "",
        visibility=visibility or ("private" if info.private else "public"),
        page=f"{endpoint}/spaces/{space}",
        runtime=runtime,
    )


def _runtime(raw: Mapping[str, Any]) -> Runtime:
    """The runtime from the Hub's JSON; every field but the stage may be missing."""
    domains = raw.get("domains")
    return Runtime(
        stage=str(raw.get("stage") or "unknown"),
        revision=_text(raw.get("sha")),
        error=re.sub(r"\s+", " ", str(raw.get("errorMessage") or "")).strip(),
        hardware=_text(_at(raw, "hardware", "current")),
        requested_hardware=_text(_at(raw, "hardware", "requested")),
        sleep_time=raw.get("gcTimeout") if isinstance(raw.get("gcTimeout"), int) else None,
        domains={
            str(each.get("domain")): str(each.get("stage"))
            for each in (domains if isinstance(domains, list) else ())
            if isinstance(each, Mapping)
        },
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


class HubConfig:
    """``ports.SpaceConfig`` on the Hub."""

    def __init__(self, client: HubClient) -> None:
        self.client = client

    def read(self, space: SpaceId) -> Configuration:
        secrets = self.client.call(
            f"list the secrets of {space}", lambda api: api.get_space_secrets(str(space))
        )
        variables = self.client.call(
            f"list the variables of {space}", lambda api: api.get_space_variables(str(space))
        )
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
        return _runtime(
            self.client.call(
                f"tell the state of {space}",
                lambda api: api.get_space_runtime(str(space)).raw,
                attempts=3,
            )
        )

    def head(self, space: SpaceId) -> str:
        info = self.client.call(f"read the Space {space}", lambda api: _info(api, space))
        return info.sha or ""

    def restart(self, space: SpaceId, *, factory: bool = False) -> None:
        self.client.call(
            f"restart {space}", lambda api: api.restart_space(str(space), factory_reboot=factory)
        )

    def follow(self, space: SpaceId, kind: str) -> LogTail:
        api = self.client.api
        return LogStream(lambda: space_log(api, str(space), build=kind == "build"))
