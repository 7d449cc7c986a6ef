"""The Hub's register of Spaces: find, create, list, delete."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from deployer.adapters.hub import HubRuntime
from deployer.adapters.hub_answers import at, runtime_of, space_of
from deployer.adapters.hub_client import HubClient
from deployer.adapters.hub_errors import HOW_TO_GET_ACCESS
from deployer.errors import HubRefused
from deployer.model import SettingWrite, Space, SpaceId

if TYPE_CHECKING:
    from httpx2 import Response
    from huggingface_hub import HfApi, SpaceInfo

# A new Space may take a moment until every part of the Hub knows it.
CREATION_LOOKS: Final = 15
CREATION_PAUSE: Final = 2.0


class HubDirectory:
    """``ports.SpaceDirectory`` on the Hub."""

    def __init__(self, client: HubClient) -> None:
        self.client = client
        self._asked: dict[SpaceId, Future[Response]] = {}

    def ask_ahead(self, space: SpaceId) -> None:
        """Begin to look for a Space; the next ``find`` of it takes that answer."""
        self._asked[space] = self.client.begin(f"api/spaces/{space}", blobs=True)

    def find(self, space: SpaceId) -> Space | None:
        # One that is taken for missing by mistake would be made anew: it is looked for twice.
        info = self._look(space) or self._look(space)
        if info is None:
            return None
        # A Hub may leave the runtime out of a Space's info; a rollback depends on what it says.
        runtime = (
            runtime_of(info.runtime.raw) if info.runtime else HubRuntime(self.client).now(space)
        )
        return space_of(self.client.endpoint, space, info, runtime)

    def _look(self, space: SpaceId) -> SpaceInfo | None:
        def request(api: HfApi) -> SpaceInfo:
            asked = self._asked.pop(space, None)
            if asked is None:
                return api.space_info(str(space), files_metadata=True)
            return _info(asked.result())

        try:
            return self.client.call(f"read the Space {space}", request)
        except HubRefused as refused:
            if refused.status == 404 or (refused.status == 401 and self._token_works()):
                return None
            raise

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
        try:
            who = self._whoami()
        except HubRefused as refused:
            if refused.status != 404:
                raise
            return  # a Hub that doesn't tell; the creation itself will
        role = at(who, "auth", "accessToken", "role")
        if role == "read":
            raise HubRefused(
                f"The token may only read, and cannot write to the Space {space}.",
                hint=HOW_TO_GET_ACCESS,
                status=403,
            )
        orgs = who.get("orgs")
        if not isinstance(orgs, list):
            return  # a Hub that doesn't list them may still let the creation pass
        names = {str(who.get("name", ""))} | {str(at(org, "name")) for org in orgs}
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

        refused = self._create(space, request)
        for _ in range(CREATION_LOOKS):
            found = self.find(space)
            if found is not None and found.host:
                return replace(found, furnished=refused is None)
            if refused is not None:
                raise refused
            self.client.clock.sleep(CREATION_PAUSE)
        if found is not None:
            return found
        raise HubRefused(f"The Hub created the Space {space} and does not find it.", status=404)

    def _create(self, space: SpaceId, request: Callable[[HfApi], None]) -> HubRefused | None:
        """None, or the conflict: it may be an earlier try of this very request that got through."""
        try:
            self.client.call(f"create the Space {space}", request)
        except HubRefused as refused:
            if refused.status != 409:
                raise
            return refused
        return None

    def named(self, owner: str, prefix: str) -> tuple[SpaceId, ...]:
        def listed(api: HfApi) -> list[str]:
            # By owner alone: how the Hub's search takes hyphens and digits is documented nowhere.
            return [info.id for info in api.list_spaces(author=owner)]

        names = self.client.call(f"list the Spaces of {owner}", listed)
        pairs = (name.partition("/") for name in names)
        # The Hub takes an owner's name in any case.
        return tuple(
            sorted(
                (
                    SpaceId(owner=whose, name=name)
                    for whose, _, name in pairs
                    if whose.lower() == owner.lower() and name.lower().startswith(prefix.lower())
                ),
                key=str,
            )
        )

    def delete(self, space: SpaceId) -> None:
        def request(api: HfApi) -> None:
            api.delete_repo(str(space), repo_type="space")

        try:
            self.client.call(f"delete the Space {space}", request)
        except HubRefused as refused:
            if refused.status != 404:  # gone already, perhaps by an earlier try of this request
                raise


def _info(response: Response) -> SpaceInfo:
    """As ``HfApi.space_info`` reads the same answer."""
    from huggingface_hub import SpaceInfo
    from huggingface_hub.utils import hf_raise_for_status  # type: ignore[attr-defined]

    hf_raise_for_status(response)
    return SpaceInfo(**response.json())  # type: ignore[no-untyped-call]


def _payload(write: SettingWrite) -> dict[str, str]:
    return {"key": write.name, "value": write.value.reveal(), "description": write.description}
