"""Build variables that alone give the address are named with the value to set."""

from __future__ import annotations

from deployer.frontend import plan_frontend
from deployer.model import FrontendPlan
from tests.unit.frontend.clients import DEPLOYED, of, request

CALL = "export const ask = (base) => fetch(`${base}/api/chat`);\n"
DOCUSAURUS = '{"dependencies": {"@docusaurus/core": "*"}}'
NUXT = '{"dependencies": {"nuxt": "*"}}'


def planned(package: str, files: dict[str, str]) -> FrontendPlan:
    return plan_frontend(request(), of({"package.json": package, **files}))


def test_a_custom_field_without_a_fallback_is_named_with_the_value_to_set() -> None:
    config = "module.exports = {\n  customFields: { apiUrl: process.env.API_URL },\n};\n"
    env = "API_URL=http://localhost:8000/api\n"
    plan = planned(DOCUSAURUS, {"docusaurus.config.js": config, ".env": env, "src/a.js": CALL})

    (notice,) = plan.notices
    assert str(notice.where) == "docusaurus.config.js:2"
    assert notice.hint == f"Where the frontend is built, set API_URL={DEPLOYED}/api"
    assert plan.changes == ()


def test_a_variable_of_nuxt_s_runtime_configuration_is_named_where_it_is_set() -> None:
    config = "export default defineNuxtConfig({ runtimeConfig: { public: { apiBase: '' } } });\n"
    env = "TITLE=Chat\nNUXT_PUBLIC_API_BASE=http://localhost:8000\n"
    plan = planned(NUXT, {"nuxt.config.ts": config, ".env": env, "app/ask.ts": CALL})

    (notice,) = plan.notices
    assert str(notice.where) == ".env:2"
    assert notice.hint == f"Where the frontend is built, set NUXT_PUBLIC_API_BASE={DEPLOYED}"


def test_a_frontend_that_calls_no_route_is_told_nothing() -> None:
    config = "module.exports = { customFields: { apiUrl: process.env.API_URL } };\n"

    assert planned(DOCUSAURUS, {"docusaurus.config.js": config}).notices == ()
