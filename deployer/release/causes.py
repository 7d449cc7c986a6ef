"""The table of causes: how each shows in a log, a stage or an answer, and what mends it.

One row a cause, most specific first; docs/reference/errors.md is rendered from it. Remedies are
written for the person who can act on them.
"""

from __future__ import annotations

from typing import Final

from deployer.model import Cause
from deployer.release.build_causes import BUILD
from deployer.release.cause_rule import Rule
from deployer.release.service_causes import SAID
from deployer.release.start_causes import STARTED

VARIABLE_MISSING: Final = Cause(
    title="The app wants the variable `{0}` at start, and the Space has none",
    remedy="Name it under `secrets:` or `variables:`.",
)
SETTING_MISSING: Final = Cause(
    title="The app's settings want `{0}` at start, and the Space has none",
    remedy="Name it (usually in capitals) under `secrets:` or `variables:`.",
)
LOG: Final = (
    Rule(
        pattern=r"ModuleNotFoundError: No module named '([\w.]+)'",
        cause=Cause(
            title="The app imports the module `{0}`, which is not installed",
            remedy="Add the package that provides it to requirements.txt, or, when it is your own "
            "module, check that it ships (`mode: plan` lists every file).",
        ),
    ),
    Rule(
        pattern=r"(?:ImportError|OSError): (?:cannot load library '[^'\n]{1,80}': )?"
        r"(lib[\w.+-]{1,60}): cannot open shared object file"
        r"|couldn't import psycopg 'python' implementation: (libpq) library not found",
        cause=Cause(
            title="The system library `{0}` is missing in the image",
            remedy="Take one that needs none (`opencv-python-headless`, `psycopg2-binary`, "
            "`psycopg[binary]`), or bring a Dockerfile of your own that installs the library.",
        ),
    ),
    Rule(
        pattern=r"ImportError: cannot import name '(\w{1,80})' from",
        cause=Cause(
            title="A package has no `{0}`: two packages' versions don't fit each other",
            remedy="Pin the versions that work on your machine in requirements.txt.",
        ),
    ),
    *BUILD,
    Rule(
        pattern=r"KeyError: '([A-Z][A-Z0-9_]+)'",
        cause=VARIABLE_MISSING,
    ),
    Rule(
        pattern=r"\b([a-zA-Z_]\w{0,100})\s{1,20}Field required \[type=missing",
        cause=SETTING_MISSING,
    ),
    Rule(
        pattern=r"\b([a-zA-Z_]\w{0,100})\s{1,20}field required \(type=value_error\.missing\)",
        cause=SETTING_MISSING,
    ),
    Rule(
        pattern=r"UndefinedValueError: ([A-Z][A-Z0-9_]{1,60}) not found"
        r"|Environment variable \"([A-Z][A-Z0-9_]{1,60})\" not set"
        r"|\b([A-Z][A-Z0-9]{0,30}_[A-Z0-9_]{1,60})(?: environment variable)?"
        r" (?:is |must be |was )?(?:not (?:set|configured|defined|provided)|required|missing"
        r"|set in the environment)"
        r"|\b([A-Z][A-Z0-9]{0,30}_[A-Z0-9_]{1,60}) must be (?:set|provided|defined|configured)"
        r"|(?:issing|equired)(?: required)? env(?:ironment)?[ _]?var(?:iable)?s?:? \[?['`\"]?"
        r"([A-Z][A-Z0-9_]{1,60})"
        r"|add an environment variable `([A-Z][A-Z0-9_]{1,60})`"
        r"|[Ss]et(?:ting)? (?:the )?[`'\"]?([A-Z][A-Z0-9_]{1,60})[`'\"]?"
        r"(?: environment variable| in (?:your|the) (?:environment|\.env))",
        cause=VARIABLE_MISSING,
    ),
    *SAID,
    Rule(
        pattern=r"[Ee]rrno 13\] error while attempting to bind on address \('[^']{1,60}', (\d+)\)"
        r"|connection to \('[^']{1,60}', (\d+)\) failed: \[Errno 13\]",
        cause=Cause(
            title="The app may not listen on port {0}: user 1000 gets no port below 1024",
            remedy="Listen on the Space's port (7860, or `app_port` of its README).",
        ),
    ),
    Rule(
        pattern=r"(?:Errno (?:110|101)\] (?:Connect call failed \('[^']{1,60}', |[^\n]{0,80}port )"
        r"|port (?=\d{1,5} failed: (?:Connection timed out|Network is unreachable))"
        r"|port=(?=\d{1,5}\)[^\n]{0,300}(?:ConnectTimeoutError|Network is unreachable))"
        # pymongo, redis, aiosmtplib, grpc.
        r"|\b[\w-]{1,80}\.[\w.-]{1,200}:(?=\d{2,5}: (?:timed out|\[Errno 110\]))"
        r"|Error 110 connecting to [\w.-]{1,200}:|Timed out connecting to [\w.-]{1,200} on port "
        r"|ipv4:[\d.]{7,15}:(?=\d{2,5}: connection attempt timed out))"
        r"(?!(?:80|443|8080)\b)(\d{1,5})",
        cause=Cause(
            title="A connection to port {0} gets no answer: it may be closed to Spaces",
            remedy="The Hub promises outgoing connections to the ports 80, 443 and 8080 only; mail "
            "(25, 465, 587) is closed. Use the service's HTTPS address.",
        ),
    ),
    Rule(
        pattern=r"smtplib\.SMTP|in smtplib|lib/python[\d.]{1,5}/smtplib\.py",
        cause=Cause(
            title="The app sends mail by SMTP, whose ports are closed to Spaces",
            remedy="Send it through a mail service's HTTPS interface.",
        ),
    ),
    Rule(
        pattern=r"Errno 101\] Network is unreachable",
        cause=Cause(
            title="A service can't be reached: it may have an IPv6 address only, or a closed port",
            remedy="Use an address with IPv4 (Supabase: the pooler's), on port 80, 443 or 8080 "
            "where it has one.",
        ),
    ),
    *STARTED,
    Rule(
        pattern=r"PermissionError|Permission denied|Read-only file system"
        r"|unable to open database file|attempt to write a readonly database",
        cause=Cause(
            title="The app writes where user 1000 may not",
            remedy="Write below the home folder or /tmp; a Space runs as UID 1000.",
        ),
    ),
    Rule(
        pattern=r"`BaseSettings` has been moved to the `pydantic-settings` package",
        cause=Cause(
            title="The app uses pydantic 1's `BaseSettings` with pydantic 2",
            remedy="Import it from `pydantic_settings`, and add `pydantic-settings` to "
            "requirements.txt.",
        ),
    ),
    Rule(
        pattern=r"attempted relative import (?:with no known parent|beyond top-level) package",
        cause=Cause(
            title="The app imports its neighbours relatively and is started outside its package",
            remedy="Set `app` to the module with its package (`package.main:app`), or import by "
            "the full name.",
        ),
    ),
    Rule(
        pattern=r"Form data requires \"python-multipart\"",
        cause=Cause(
            title="The app takes form data and `python-multipart` is not installed",
            remedy="Add `python-multipart` to requirements.txt.",
        ),
    ),
    Rule(
        pattern=r"Error loading ASGI app|Could not import module"
        r"|AppImportError: Failed to find attribute",
        cause=Cause(
            title="uvicorn can't load the app",
            remedy="Check the input `app` (`module:variable`) and the import error in the log.",
        ),
    ),
    Rule(
        pattern=r"\b(?:Syntax|Indentation|Tab)Error:",
        cause=Cause(
            title="A file of the app is no valid Python for this version",
            remedy="See the file and line in the log; `python-version` chooses the version.",
        ),
    ),
    Rule(
        pattern=r"[Ee]xit (?:code|status):? 137|OOMKilled|Memory limit exceeded|MemoryError"
        r"|an(?:not|'t) allocate memory|[Oo]ut of memory|std::bad_alloc|(?m:^Killed$)",
        cause=Cause(
            title="Out of memory",
            remedy="Load less at start, or choose larger `hardware`.",
        ),
    ),
    Rule(
        pattern=r"[Nn]o space left on device|storage limit exceeded",
        cause=Cause(
            title="The disk is full",
            remedy="Ship and install less, and let the app download or write less.",
        ),
    ),
    Rule(
        pattern=r"\"OPTIONS /[^\s\"]{0,300} HTTP/[\d.]{1,3}\" 40[05]\b|Disallowed CORS origin",
        cause=Cause(
            title="The app refuses a browser's preflight: the frontend's origin is not allowed",
            remedy="Add the frontend's origin (`https://host`, no path) to the origins that the "
            "app's CORSMiddleware allows; `frontend-url` tells this action which one it is.",
        ),
    ),
)

STAGES: Final = {
    "CONFIG_ERROR": Cause(
        title="The Hub refuses the Space's configuration",
        remedy="See the Hub's message; usually README.md's front matter, or a secret and a "
        "variable of the same name.",
    ),
    "NO_APP_FILE": Cause(
        title="The Hub finds no Dockerfile in the Space",
        remedy="Check that no ignore rule leaves the Dockerfile out (`mode: plan`).",
    ),
    "PAUSED": Cause(
        title="The Space is paused, and stays so after a restart",
        remedy="Start it on its page (Settings). The Hub pauses Spaces of an account whose plan "
        "or quota doesn't cover them.",
    ),
    "RUNNING": Cause(
        title="The Hub goes on serving another revision than the newest one",
        remedy="Choose `Factory rebuild` in the Space's settings, or run this job again; see "
        "status.huggingface.co when it goes on.",
    ),
}
TIMED_OUT: Final = Cause(
    title="The Space was not running in time",
    remedy="Look at the log's end: a build that is only slow needs a larger `health-timeout`; an "
    "app that listens on another port than 7860, or on 127.0.0.1, never counts as started.",
)
# Only where the app never counted as started: one that serves listens where it should.
LISTENS: Final = (
    Rule(
        pattern=r"(?:[Rr]unning on|[Ss]tarted at|[Ll]istening (?:at|on):?) https?://(?:127\.0\.0\.1|localhost):(\d{2,5})",
        cause=Cause(
            title="The app listens on 127.0.0.1:{0}, where nobody outside the container reaches it",
            remedy="Let it listen on 0.0.0.0, port 7860 (`--host 0.0.0.0 --port 7860`).",
        ),
    ),
    Rule(
        pattern=r"(?:[Rr]unning on|[Ss]tarted at|[Ll]istening (?:at|on):?) https?://[^\s/:]{1,40}:(?!7860\b)(\d{2,5})",
        cause=Cause(
            title="The app listens on port {0}, and the Space waits for another one",
            remedy="Listen on 7860, or set `app_port` in the Space's README to the app's port.",
        ),
    ),
)
MISSING_PATH: Final = Cause(
    title="The app has no such path",
    remedy="Set `health-path` to a path that the app answers (see its `/docs`).",
)
CLOSED_PATH: Final = Cause(
    title="The app asks for a login on its health path",
    remedy="Leave the health path open, or set `health-path` to one that is.",
)
