"""``python -m localhub``: reads the command line and serves."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path

from localhub.accounts import PLANS, ROLES, Account, Accounts, Token
from localhub.counts import Quirks
from localhub.server import Setup, serve

DEMO_TOKEN = "demo:hf_local_demo_token:write:pro"  # noqa: S105 (public on purpose)


def main() -> None:
    """Serve until interrupted."""
    options = _parser().parse_args()
    given = options.token or [DEMO_TOKEN]

    def ready(url: str) -> None:
        if options.port_file:
            options.port_file.write_text(url.rpartition(":")[2])
        print(f"Local Hub at {url}", flush=True)
        if not options.token:
            print(f"  export HF_ENDPOINT={url} HF_TOKEN={DEMO_TOKEN.split(':')[1]}", flush=True)
            print("  export HF_HUB_DISABLE_XET=1   # account: demo", flush=True)

    serve(_setup(options, _accounts(given, options.org)), ready)


def _setup(options: argparse.Namespace, accounts: Accounts) -> Setup:
    return Setup(
        accounts=accounts,
        data=options.data,
        environments=options.environments,
        host=options.host,
        public_host=options.public_host or options.host,
        port=options.port,
        runner=options.runner,
        docker_network=options.docker_network,
        quirks=Quirks(**{name.replace("-", "_"): True for name in options.quirk}),
        quota=options.rate_limit,
        port_file=options.port_file,
        verbose=options.verbose,
    )


def _accounts(tokens: list[str], organizations: list[str]) -> Accounts:
    known: dict[str, Account] = {}
    read = []
    for text in tokens:
        name, value, role, plan = (*text.split(":"), "pro")[:4]
        role, _, scope = role.partition("=")
        if role not in ROLES or plan not in PLANS:
            raise SystemExit(
                f"--token {name}:…:{role}:{plan}: role is one of {ROLES}, plan of {PLANS}"
            )
        known[name] = Account(name=name, plan=plan)
        read.append(Token(account=name, value=value, role=role, scope=scope or None))
    for text in organizations:
        name, members, plan = (*text.split(":"), "team")[:3]
        known[name] = Account(name=name, plan=plan, members=tuple(members.split(",")))
    return Accounts(known.values(), read)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="localhub", description="A local Hub that runs Spaces.")
    add = parser.add_argument
    add("--port", type=int, default=7890, help="0 takes a free one (default: %(default)s)")
    add("--port-file", type=Path, metavar="FILE", help="write the port here when ready")
    add("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    add("--public-host", help="name by which clients reach the Hub and the apps (default: --host)")
    add("--data", type=Path, metavar="DIR", help="keep everything here (default: a scratch folder)")
    add("--environments", type=Path, metavar="DIR", help="virtual environments, shared by Hubs")
    add(
        "--token",
        action="append",
        metavar="NAME:TOKEN:ROLE[:PLAN]",
        help="an account's token; role read or write, or write=OWNER/NAME for one Space only; "
        "plan free, pro, team or enterprise (default: pro)",
    )
    add(
        "--org", action="append", default=[], metavar="NAME:MEMBER,…[:PLAN]", help="an organization"
    )
    runners = ("auto", "docker", "venv", "stub")
    add("--runner", choices=runners, default="auto", help="how Spaces run; stub: they only answer")
    add("--docker-network", default="", help="bridge or host (default: bridge where there is one)")
    quirks = [field.name.replace("_", "-") for field in fields(Quirks)]
    add("--quirk", action="append", default=[], choices=quirks, help="see localhub/counts.py")
    add("--rate-limit", type=int, default=100_000, metavar="N", help="requests per 5 minutes")
    add("--verbose", action="store_true", help="log every request")
    return parser


if __name__ == "__main__":
    main()
