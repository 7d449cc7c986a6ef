"""Takes known secret values, and anything shaped like a key, out of text that will be shown.

Rule: every pattern is linear. A repetition either can't fail once its prefix matched, or is
bounded, so that a hostile log line of megabytes costs no more than a harmless one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

HIDDEN: Final = "***"

# Each issuer documents its prefix; the lengths are lower bounds, so that a cut-off key is met too.
# A key also follows what stands for a character: `\n`, `%3D`, `\u003d`.
# All begin with a letter or a digit: told first, Python passes over everything else at once.
_KEYS: Final = re.compile(
    r"(?=[A-Za-z\d])(?:(?<![A-Za-z0-9])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2})|(?<=\\u[0-9A-Fa-f]{4}))(?:"
    r"hf_(?:oauth|jwt)_[A-Za-z0-9._-]{8,}"
    r"|hf_(?:(?=[A-Za-z]{0,64}\d)[A-Za-z0-9]{10,}|[A-Za-z]{20,})"
    r"|gh[pousr]_[A-Za-z0-9]{16,}"
    r"|github_pat_[A-Za-z0-9_]{16,}"
    r"|glpat-[A-Za-z0-9_-]{16,}"
    r"|sk-[A-Za-z0-9_-]{16,}"
    r"|[sr]k_(?:live|test)_[A-Za-z0-9]{10,}"
    r"|sk_[0-9a-f]{32,}"
    r"|AIza[A-Za-z0-9_-]{20,}"
    r"|GOCSPX-[A-Za-z0-9_-]{16,}"
    r"|ya29\.[A-Za-z0-9_-]{16,}"
    r"|(?:AKIA|ASIA)[A-Z0-9]{12,}"
    r"|xox[a-z]-[A-Za-z0-9-]{10,}"
    # Model providers and their neighbours.
    r"|gsk_[A-Za-z0-9]{16,}"
    r"|(?:xai|pplx|csk|nvapi)-[A-Za-z0-9_-]{24,}"
    r"|(?:r8|jina|pcsk|tgp_v1)_[A-Za-z0-9_-]{24,}"
    r"|tvly-[A-Za-z0-9-]{20,}"
    r"|lsv2_(?:pt|sk)_[0-9a-f]{16,}(?:_[0-9a-f]*+)?"
    # Databases, hosts, mail, payment, chat.
    r"|npg_[A-Za-z0-9]{8,}"
    r"|napi_[A-Za-z0-9]{24,}"
    r"|sb_secret_[A-Za-z0-9_-]{16,}"
    r"|sbp_[0-9a-f]{24,}"
    r"|pscale_(?:tkn|pw|oauth)_[A-Za-z0-9._-]{16,}"
    r"|do[opr]_v1_[0-9a-f]{24,}"
    r"|dapi[0-9a-f]{32}"
    r"|npm_[A-Za-z0-9]{20,}"
    r"|pypi-[A-Za-z0-9_-]{20,}"
    r"|SG\.[A-Za-z0-9_-]{16,}+(?:\.[A-Za-z0-9_-]*+)?"
    r"|re_[A-Za-z0-9]{8}_[A-Za-z0-9]{16,}"
    r"|key-[0-9a-f]{32}"
    r"|xkeysib-[A-Za-z0-9-]{24,}"
    r"|SK[0-9a-f]{32}"
    r"|whsec_[A-Za-z0-9+/]{16,}"
    r"|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{24,}"
    r"|ntn_[A-Za-z0-9]{24,}"
    r"|lin_api_[A-Za-z0-9]{24,}"
    r"|pat[A-Za-z0-9]{14}\.[0-9a-f]{24,}"
    r"|ATATT3[A-Za-z0-9_=-]{24,}"
    r"|\d{8,10}:AA[A-Za-z0-9_-]{30,}"
    r"|[MNO][A-Za-z0-9]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{24,}"
    r"|hooks\.slack\.com/services/T\w{6,20}/B\w{6,20}/\w{16,}"
    r"|discord(?:app)?\.com/api/webhooks/\d{15,24}/[A-Za-z0-9_-]{30,}"
    # A JWT: the look-behind keeps one run of these characters from being tried at each `eyJ`.
    r"|(?<![_-])eyJ[A-Za-z0-9_-]{8,}+\.[A-Za-z0-9_-]{8,}+(?:\.[A-Za-z0-9_-]*+)?"
    r")"
)
_PEM: Final = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----"
    r"(?:[A-Za-z0-9+/=\s:,]|\\[nr]|\*{3})*+(?:-----END [A-Z0-9 ]{1,60}-----)?"
)
# Its lines also come one by one, as a streamed log does: 64 characters (70 for OpenSSH) each.
_PEM_BODY: Final = re.compile(
    r"(?m)^[ \t]{0,16}(?=[a-z0-9+/]{0,70}[A-Z])(?=[A-Z0-9+/]{0,70}[a-z])"
    r"[A-Za-z0-9+/]{64,76}={0,2}[ \t]{0,16}$"
)
# A password may hold an unescaped `/` or `@` (SQLAlchemy and asyncpg take them), a port followed by
# a path may not. JSON may write `:\/\/`.
_USERINFO: Final = re.compile(
    r"(?:(?<=://)|(?<=:\\/\\/))[^\s/@:\"'<>]{0,128}:"
    r"(?:(?:[^\s/@\"'<>]++@)++|(?!\d{1,5}\\?[/?#])(?:[^\s@\"'<>]{1,128}@)++)"
)
# The same, quoted to stand in another address.
_QUOTED_USERINFO: Final = re.compile(
    r"(?<=%3A%2F%2F)(?:[\w.~!*()-]|%(?!3A|2F|40)){0,128}%3A(?:[\w.~!*()-]|%(?!40)){1,256}%40",
    re.IGNORECASE,
)
_BEARER: Final = re.compile(
    r"(?i)(\bbearer\s{1,3}(?=[^\s]{0,128}\d|[^\s]{20})"
    r"|\bauthorization[\"']?\s?[:=]\s?[\"']?(?:basic|token)\s{1,3})[A-Za-z0-9._~+/=:-]{8,}"
)
# The first letter stands by itself, in both cases: Python then passes over all others at once.
_KEY_NAME: Final = (
    r"[acpst\u017fACPST](?i:(?<=p)(?:ass(?:word|wd|phrase)|wd|rivate[-_ ]?key)|(?<=[_-]p)ass"
    r"|(?<=s)ecret(?:[-_ ]?key)?|(?<=t)oken|(?<=c)redentials?"
    r"|(?<=a)(?:pi|ccess|ccount)[-_ ]?key)"
)
_NO_VALUE: Final = (
    r"(?i:(?!(?:true|false|yes|no|none|null|missing|required|not|invalid|unset|empty|expired|is|set)\b"
    # A line of code in a traceback, which names the variable that is missing.
    r"|os\.(?:environ|getenv)\b|\*\*\*))"
)
# A backslash goes with what follows it, and stays with a quote: escaped JSON stays JSON.
_CHAR: Final = r"(?:[^\s\"'&,;)<>#\\]|\\[^\s\"'])"
_ASSIGNED: Final = re.compile(rf"({_KEY_NAME}[\"']?\s?=\s?[\"']?){_NO_VALUE}{_CHAR}{{2,}}")
_QUOTED: Final = re.compile(
    rf"({_KEY_NAME}\\?[\"']\s?:\s?\\?[\"']){_NO_VALUE}[^\s\"'\\][^\"'\n\\]*+"
)
_SAID: Final = re.compile(
    rf"({_KEY_NAME}\s?:\s?[\"']?){_NO_VALUE}(?=[^\s\"',;]{{0,64}}\d){_CHAR}{{6,}}"
)
_QUERY: Final = re.compile(
    rf"(?i)([?&](?:[\w.-]{{0,30}}[._-])?(?:key|sig|signature|auth)=){_CHAR}{{3,}}"
)
# A plain search for what each shape can't be without spares most texts the costly one. No word has
# an `i`: without regard to case an expression takes the Turkish one for it, and casefold doesn't.
_NAMED: Final = (
    (("bearer", "author"), (_BEARER,)),
    (("pass", "pwd", "secret", "token", "credent", "key"), (_ASSIGNED, _QUOTED, _SAID)),
    (("=",), (_QUERY,)),
)
_PEM_LINE: Final = 27  # characters of the shortest first line of a key in PEM


def scrub(text: str, known: Sequence[str] = ()) -> str:
    """``text`` with each of ``known``, and whatever looks like a key, replaced by ``***``."""
    for value in sorted({value for value in known if value}, key=len, reverse=True):
        text = text.replace(value, HIDDEN)
    text = _PEM_BODY.sub(HIDDEN, _PEM.sub(HIDDEN, text)) if len(text) >= _PEM_LINE else text
    text = _USERINFO.sub(f"{HIDDEN}@", text) if "@" in text else text
    text = _QUOTED_USERINFO.sub(f"{HIDDEN}%40", text) if "%40" in text else text
    text = _KEYS.sub(HIDDEN, text)
    folded = text.casefold()
    for words, shapes in _NAMED:
        if any(word in folded for word in words):
            for shape in shapes:
                text = shape.sub(rf"\g<1>{HIDDEN}", text)
    return text


def scrub_lines(lines: Iterable[str], known: Sequence[str] = ()) -> tuple[str, ...]:
    """The same for lines that belong together: a PEM block spans several."""
    text = "\n".join(line.replace("\n", " ") for line in lines)
    return tuple(scrub(text, known).split("\n")) if text else ()


def contains_key(text: str) -> bool:
    """Whether something in ``text`` has the shape of a key, a private key or a URL's password."""
    return any(shape.search(text) for shape in (_KEYS, _PEM, _USERINFO, _QUOTED_USERINFO))
