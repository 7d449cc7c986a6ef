"""The inputs: one table of fields that carry their own default and help.

Everything else about inputs is rendered from this table: action.yml's ``inputs:`` and ``env:``,
the README's and the docs' tables, and ``--help`` (tools/render.py, deployer/flags.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct

from deployer import input_types
from deployer.model import Mode, Secret, SpaceId


class _Said(Struct, frozen=True, kw_only=True):
    """What is said of an input in the place where its field stands."""

    help: str
    default: str
    parse: Callable[[str], Any]
    shown: str


# In the order of the fields of ``Settings``.
_SAID: Final[list[_Said]] = []


def _input(
    help_text: str,
    *,
    default: str = "",
    parse: Callable[[str], Any] = input_types.one_line,
    shown: str = "",
) -> Any:
    """A field for one input. ``shown`` is the default's wording in tables."""
    _SAID.append(_Said(help=help_text, default=default, parse=parse, shown=shown))
    return None


class Settings(Struct, frozen=True, kw_only=True):
    """The inputs as typed values; None where an input was not given and has no default."""

    mode: Mode = _input(
        "What to do: `deploy`; `plan` to see what a deploy would do; `rehearse` to prove the "
        "bundle on the runner; `preview` and `cleanup` for a Space per pull request; `check` to "
        "prove what is deployed; `rollback` to put an earlier revision back.",
        default="deploy",
        parse=input_types.mode,
    )
    space: SpaceId = _input(
        "The Space to deploy to, as `owner/name`.", parse=input_types.space, shown="*required*"
    )
    fleet: str | None = _input(
        "Path of a `spaces.yml` with many Spaces. `mode: plan` without `space` checks it and emits "
        "the matrix; with `space` every mode takes that Space's inputs from it.",
        parse=input_types.folder,
    )
    only: tuple[str, ...] | None = _input(
        "`fleet` without `space`: only these of its Spaces, by name, `*` allowed, separated by "
        "white space or commas.",
        parse=input_types.names,
    )
    receipts: str | None = _input(
        "`fleet` without `space`: folder with the receipts of the jobs; what became of each Space "
        "is told, and what is left to do.",
        parse=input_types.folder,
    )
    hf_token: Secret | None = _input(
        "Hub token with write access to the Space. Not given: `HF_TOKEN` of the environment; else "
        "GitHub's OIDC (Trusted Publishers), where `id-token: write` allows it.",
        parse=input_types.token,
    )
    backend: str | None = _input(
        "Folder of the FastAPI backend, relative to the repository's root.",
        default="backend",
        parse=input_types.folder,
        shown="`backend`, else found",
    )
    app: str | None = _input(
        "ASGI app as `module:variable`, as uvicorn takes it.",
        parse=input_types.app,
        shown="*found*",
    )
    python_version: str | None = _input(
        "Python of the generated Dockerfile.",
        parse=input_types.python_version,
        shown="*found, else 3.11*",
    )
    ignore: tuple[str, ...] | None = _input(
        "More patterns to leave out of the bundle, in gitignore syntax, one a line; "
        "`!` brings something back.",
        parse=input_types.lines,
    )
    secrets: Secret | None = _input(
        "Space secrets, one a line: `NAME` takes the environment variable of that name, "
        "`NAME=value` is dotenv syntax.",
        parse=Secret,
    )
    variables: Secret | None = _input(
        "Space variables (public), in the same syntax as `secrets`.", parse=Secret
    )
    prune: bool = _input(
        "Also delete secrets and variables that this action set earlier and that are no longer "
        "named.",
        default="false",
        parse=input_types.boolean,
    )
    create: bool = _input(
        "Create the Space when it does not exist.", default="true", parse=input_types.boolean
    )
    visibility: str | None = _input(
        "Of a Space that is created: `public`, `protected` (source hidden, app public) or "
        "`private` (a browser can't reach it).",
        parse=input_types.choice("public", "protected", "private"),
        shown="*`public`; `protected` when the repository is private*",
    )
    hardware: str | None = _input(
        "Hardware such as `cpu-basic`; requested when the Space has another."
    )
    sleep_time: int | None = _input(
        "Seconds of inactivity before the Space sleeps; set when it differs.",
        parse=input_types.sleep_time,
    )
    title: str | None = _input("Title of the Space.", shown="*made from the app*")
    emoji: str | None = _input("Emoji of the Space.", shown="*made from the app*")
    color_from: str | None = _input(
        f"First colour of the Space's card: {', '.join(input_types.COLORS)}.",
        parse=input_types.color,
        shown="*made from the app*",
    )
    color_to: str | None = _input(
        "Second colour of the Space's card.", parse=input_types.color, shown="*made from the app*"
    )
    short_description: str | None = _input(
        "Description on the Space's card, at most 60 characters.",
        parse=input_types.short_description,
        shown="*made from the app*",
    )
    health_path: str | None = _input(
        "Path that is probed.", parse=input_types.health_path, shown="*found, else `/api/health`*"
    )
    health_timeout: int = _input(
        "Seconds from the push until the new revision must be healthy.",
        default="1800",
        parse=input_types.seconds,
    )
    health_successes: int = _input(
        "Consecutive healthy answers needed.", default="2", parse=input_types.count
    )
    rehearse: bool = _input(
        "Build and start the bundle on the runner before a deploy's first write, so that one that "
        "does not start never reaches the Space.",
        default="false",
        parse=input_types.boolean,
    )
    rollback: bool = _input(
        "On failure put the last healthy revision back.", default="true", parse=input_types.boolean
    )
    revision: str | None = _input(
        "`mode: rollback`: commit of the Space to go back to, at least seven digits of it.",
        parse=input_types.revision,
        shown="*the last healthy one*",
    )
    preview_days: int = _input(
        "`mode: preview`: days after which a preview's Space is over, from its last push.",
        default="14",
        parse=input_types.count,
    )
    frontend: tuple[str, ...] | None = _input(
        "File or folder with the chat client, one a line; `none` leaves the frontend alone.",
        parse=input_types.paths,
        shown="*found*",
    )
    frontend_url: tuple[str, ...] | None = _input(
        "Public origin(s) of the frontend, one a line or comma-separated.", parse=input_types.words
    )
    local_url: str | None = _input(
        "The backend's address in development.",
        parse=input_types.url,
        shown="*found in the client, else `http://localhost:8000`*",
    )
    frontend_commit: str = _input(
        "`push` the rewritten client to the branch, `pull-request` to open one with it, or `none`: "
        "rewrite the working tree only.",
        default="push",
        parse=input_types.choice("push", "pull-request", "none"),
    )
    commit_method: str | None = _input(
        "`api`: GitHub's createCommitOnBranch, a verified commit; `git`: commit and push with git.",
        parse=input_types.choice("api", "git"),
        shown="`api` on GitHub, else `git`",
    )
    commit_message: str | None = _input(
        "Message of the follow-up commit.", parse=str, shown="*made*"
    )
    report: str = _input(
        "`mode: check`: `issue` opens one GitHub issue when the Space is red, keeps it up to date "
        "and closes it when it is green again.",
        default="none",
        parse=input_types.choice("none", "issue"),
    )
    environment: str | None = _input(
        "GitHub environment in which the deploy is recorded, with its states and address. Not for "
        "a job that has its own `environment:`: GitHub records that one by itself.",
        shown="*none; in `mode: preview` `preview`*",
    )
    github_token: Secret | None = _input(
        "Token for all that is written to GitHub: the follow-up commit, pull requests, comments, "
        "issues and deployments.",
        parse=input_types.token,
        shown="`${{ github.token }}`",
    )


class InputField(Struct, frozen=True, kw_only=True):
    """One row of the inputs' table. ``default`` is action.yml's, ``shown_default`` the tables'."""

    name: str
    attribute: str
    default: str
    shown_default: str
    help: str
    parse: Callable[[str], Any]

    @property
    def required(self) -> bool:
        """Whether a run can't do without it."""
        return self.name == "space"

    @property
    def secret(self) -> bool:
        """Never taken from a flag: argv is readable by other processes."""
        return self.name.endswith("-token")


def _rows() -> tuple[InputField, ...]:
    return tuple(
        InputField(
            name=attribute.replace("_", "-"),
            attribute=attribute,
            default=said.default,
            shown_default=said.shown or (f"`{said.default}`" if said.default else ""),
            help=said.help,
            parse=said.parse,
        )
        for attribute, said in zip(Settings.__struct_fields__, _SAID, strict=True)
    )


INPUTS: Final = _rows()
# In the place of the Space where a run is about a whole fleet.
NO_SPACE: Final = SpaceId(owner="", name="")
