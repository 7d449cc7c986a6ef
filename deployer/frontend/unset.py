"""Names build variables that alone give a production build the backend's address.

A configuration reads them without a fallback of its own, so that no file can be changed for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deployer.errors import Notice, Where
from deployer.frontend import environment
from deployer.frontend.addresses import Address, read_address
from deployer.frontend.discovery import Frontend, is_build_config, is_vite
from deployer.frontend.dotenv import settings
from deployer.frontend.environment import joined
from deployer.frontend.evidence import Witness
from deployer.frontend.places import URL_NAME, deciding_expression, is_asked
from deployer.frontend.request import FrontendRequest
from deployer.frontend.syntax import Script, unwrapped


def unset(
    frontend: Frontend, scripts: Iterable[Script], witness: Witness, request: FrontendRequest
) -> Iterator[Notice]:
    """What to set where the frontend is built, once for each variable."""
    if not witness.own_route:
        return
    local = {name: (where, found) for name, where, found in _local_settings(frontend, witness)}
    nuxt = frontend.framework.name == "Nuxt"
    public = {n: where for n, (where, _) in local.items() if nuxt and n.startswith("NUXT_PUBLIC_")}
    for name, where in {**public, **dict(_in_configurations(scripts))}.items():
        rest = local[name][1].rest if name in local else ""
        yield Notice(
            message=f"Only the variable {name} gives a production build the backend's address.",
            hint=f"Where the frontend is built, set {name}={request.backend_url}{rest}",
            where=where,
        )


def _in_configurations(scripts: Iterable[Script]) -> Iterator[tuple[str, Where]]:
    """``customFields: { apiUrl: process.env.API_URL }``."""
    for script in scripts:
        for node in script.captured("member"):
            found = environment.reference(node)
            if found is None or found.meta or not URL_NAME.fullmatch(found.name.upper()):
                continue
            alone = unwrapped(deciding_expression(node)) == node and not is_asked(node)
            if alone and is_build_config(script.path) and not is_vite(script.path):
                yield found.name, Where(file=script.path, line=script.line(node))


def _local_settings(frontend: Frontend, witness: Witness) -> Iterator[tuple[str, Where, Address]]:
    for file, content in frontend.env_files.items():
        for setting in settings(content):
            address = read_address(setting.value)
            if address is not None and address.local and address.port in witness.ports:
                where = Where(file=joined(frontend.root, file), line=setting.line)
                yield setting.name, where, address
