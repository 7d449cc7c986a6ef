"""The Hub's refusals in a person's words: what it means, who can mend it, how."""

from __future__ import annotations

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


def explain(status: int, message: str, doing: str, *, https: bool = True) -> HubRefused:
    """The refusal for an HTTP status (0: no answer, -1: an unreadable one) while ``doing``."""
    if status <= 0:
        return _silent(status, message, doing)
    says, hint = MEANINGS.get(
        status,
        ("failed", "Run this job again; see status.huggingface.co when it goes on."),
    )
    if status == 403 and "quota" in message.lower():
        hint = QUOTA
    if status == 404 and https:
        hint += " (The Hub says 404 for a wrong token, too.)"
    quoted = f": {scrub(message)[:500].strip()}" if message.strip() else ""
    return HubRefused(
        f"The Hub {says} (HTTP {status}) when asked to {doing}{quoted}.".replace("..", "."),
        hint=hint,
        status=status,
    )


def _silent(status: int, message: str, doing: str) -> HubRefused:
    what = "gave no answer" if status == 0 else "gave an answer that makes no sense"
    return HubRefused(
        f"The Hub {what} when asked to {doing} ({message}).",
        hint="Run this job again; see status.huggingface.co when it goes on.",
        status=0,
    )
