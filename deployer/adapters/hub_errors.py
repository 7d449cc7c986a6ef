"""The Hub's refusals in a person's words: what it means, who can mend it, how."""

from __future__ import annotations

import math
import re

from msgspec import Struct

from deployer.errors import HubRefused
from deployer.scrub import scrub

PLAN = (
    "Docker Spaces need a paid plan: PRO for an account, Team or Enterprise for an organisation "
    "(huggingface.co/pricing)."
)
HOW_TO_GET_ACCESS = (
    "Make a token with write access to this Space at huggingface.co/settings/tokens and store it "
    "as the repository secret `HF_TOKEN`."
)
QUOTA = (
    "The account's quota of running Spaces is used up: pause another Space, or upgrade the plan."
)

MEANINGS = {
    400: ("refused the request", "See the Hub's message."),
    401: ("did not accept the token", HOW_TO_GET_ACCESS),
    402: ("asks for a paid plan", PLAN),
    403: (
        "says that this token may not do it",
        "A fine-grained token needs write access to the Space's content and settings; in an "
        "organisation your role must be `write` or `admin`. " + HOW_TO_GET_ACCESS,
    ),
    404: (
        "finds no such Space, or the token may not see it",
        "Check `space` and that the token belongs to its owner. " + HOW_TO_GET_ACCESS,
    ),
    409: ("reports a conflict", "Another change of this Space is under way; run this job again."),
    412: (
        "says that the Space changed meanwhile",
        "Somebody else committed to the Space during this run. Run the job again.",
    ),
    423: ("is busy with another creation", "Run this job again in a minute."),
    429: ("limits the rate of requests", "Wait a few minutes, then run this job again."),
}


class Special(Struct, frozen=True, kw_only=True):
    """What the Hub's own words say more exactly than the status does."""

    statuses: tuple[int, ...]
    words: str
    seen: str
    hint: str


# As people quote the Hub: "You have exceeded the rate limit for repository commits (128 per
# hour). You can retry this action in about 1 hour.", before "our hourly quotas for action: commit".
LASTING = (
    r"retry this action in about|rate limit for repository|quotas? for action|"
    r"in about (?:an? |\d+ )(?:hour|day)|(?:hourly|daily) (?:quota|limit)"
)
READ_TOKEN = "The token may only read. " + HOW_TO_GET_ACCESS
SPECIALS = (
    Special(
        statuses=(400, 422),
        words=r"metadata|front ?matter|yaml|README",
        seen="naming the README",
        hint="The Hub refuses the README's front matter: mend the field that it names, in your "
        "Space's README or in the inputs `title`, `emoji`, `color-from`, `color-to` and "
        "`short-description`.",
    ),
    Special(
        statuses=(401,),
        words=r"expired",
        seen="naming an expired token",
        hint="The token is out of date. " + HOW_TO_GET_ACCESS,
    ),
    Special(
        statuses=(403, 429),
        words=r"storage",
        seen="naming the storage",
        hint="The account's storage is used up: delete what is no longer needed, or upgrade the "
        "plan.",
    ),
    Special(
        statuses=(429,),
        words=LASTING,
        seen="naming a quota of an action",
        hint="The Hub lets an account create only so many repositories a day, and commit so often "
        "an hour. Run this job again after the time that it names. A preview's Space is created "
        "once and then reused: deleting one gives no creation back.",
    ),
    Special(
        statuses=(403,),
        words=r"quota|(?:maximum|limit)[^.]{0,40} spaces",
        seen="naming a quota",
        hint=QUOTA,
    ),
    Special(
        statuses=(403,),
        words=r"\bPRO\b|subscri|upgrade|paid|payment|billing|credits",
        seen="naming a plan",
        hint=PLAN,
    ),
    Special(
        statuses=(401, 403),
        words=r"\bSSO\b|single sign|resource group",
        seen="naming SSO or a resource group",
        hint="The organisation wants more of a token: let it be approved in the organisation's "
        "settings, or ask one of its admins.",
    ),
    Special(
        statuses=(403,),
        words=r"write token|token with (?:the )?`?write|read[- ]?only|role is read|read token",
        seen="naming a read token",
        hint=READ_TOKEN,
    ),
    Special(
        statuses=(403,),
        words=r"namespace|organi[sz]ation|\brole\b|not a member",
        seen="naming the namespace or role",
        hint="Your role there does not allow it: ask an admin of the organisation for the role "
        "`write` or `admin`, or deploy to an account of your own (input `space`).",
    ),
    Special(
        statuses=(403,),
        words=r"scope|permission|fine-?grained",
        seen="naming a scope or permission",
        hint="Give the fine-grained token write access to this Space's content and settings at "
        "huggingface.co/settings/tokens.",
    ),
)
# Why no answer came, by the names of Python's and httpx's exceptions.
SILENT = (
    (
        r"UnreadableCertificates",
        "certificates",
        "`SSL_CERT_FILE` or `SSL_CERT_DIR`, in the runner's environment, names certificates that "
        "are not there or can't be read: correct it, or unset it.",
    ),
    (
        r"SSL|Certificate",
        "TLS",
        "The TLS connection failed: a proxy in between, or a wrong clock or certificate store, on "
        "this runner. Add the proxy's certificate to the runner's (`SSL_CERT_FILE`).",
    ),
    (
        r"gaierror",
        "name not found",
        "The Hub's name could not be looked up: see the runner's network and DNS.",
    ),
    (
        r"ProxyError",
        "the proxy",
        "The proxy that the runner's environment names can't be used, or doesn't let this pass: "
        "`HTTPS_PROXY` and `ALL_PROXY` are written `http://host:port`; SOCKS isn't known here.",
    ),
    (
        r"Refused|ConnectTimeout|ConnectError|Unreachable",
        "unreachable",
        "The Hub can't be reached from this runner: a firewall or proxy may close the way to "
        "huggingface.co:443. If not, see status.huggingface.co and run this job again.",
    ),
)
LATER = "Run this job again; see status.huggingface.co when it goes on."


def explain(
    status: int, message: str, doing: str, *, https: bool = True, wait: float = 0.0
) -> HubRefused:
    """The refusal for an HTTP status (0: no answer, -1: an unreadable one) while ``doing``.

    ``wait``: the seconds after which the Hub says that it will answer again, 0 when it doesn't.
    """
    if status <= 0:
        return _silent(status, message, doing)
    says, hint = MEANINGS.get(status, ("failed", LATER))
    hint = next((each.hint for each in SPECIALS if _fits(each, status, message)), hint)
    if wait and status in (429, 503) and not is_lasting(status, message):
        hint = f"Run this job again in {_in_words(wait)}: so long the Hub asks to wait."
    if status == 404 and https:
        hint += " (The Hub says 404 for a wrong token, too.)"
    quoted = f": {scrub(message)[:500].strip()}" if message.strip() else ""
    return HubRefused(
        f"The Hub {says} (HTTP {status}) when asked to {doing}{quoted}.".replace("..", "."),
        hint=hint,
        status=status,
    )


def is_lasting(status: int, message: str) -> bool:
    """Whether the Hub limits an action for hours, so that asking again soon is of no use."""
    return status == 429 and re.search(LASTING, message, re.IGNORECASE) is not None


def _fits(special: Special, status: int, message: str) -> bool:
    found = status in special.statuses and re.search(special.words, message, re.IGNORECASE)
    return bool(found)


def _in_words(seconds: float) -> str:
    """Seconds up to two minutes, then minutes, rounded up."""
    whole = math.ceil(seconds)
    return f"{whole} s" if whole <= 120 else f"{math.ceil(whole / 60)} minutes"


def _silent(status: int, message: str, doing: str) -> HubRefused:
    what = "gave no answer" if status == 0 else "gave an answer that makes no sense"
    known = (hint for words, _, hint in SILENT if re.search(words, message))
    return HubRefused(
        f"The Hub {what} when asked to {doing} ({message}).",
        hint=next(known, LATER) if status == 0 else LATER,
        status=0,
    )
