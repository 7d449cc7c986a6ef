"""Whatever stands in a requirements file: no hash is orphaned, nothing needed is lost."""

from __future__ import annotations

import codecs
import re

from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from deployer.dependencies import requirements
from deployer.dependencies.development import is_test_package

many = settings(derandomize=True, max_examples=250)

RUNTIME = ("fastapi", "Uvicorn[standard]", "httpx", "pydantic_settings", "testtools", "mypyc-lib")
TESTS = ("pytest", "PyTest_Cov", "pytest.asyncio", "ruff", "types-requests", "MyPy", "lxml-stubs")
VERSIONS = ("", "==1.0", ">=1,<2", "~=1.4", " == 2.*", "!=3")
MARKERS = ("", ' ; python_version >= "3.9"', "; sys_platform=='linux' and extra == 'a'")
COMMENTS = ("", "  # why", " # via pytest", "\t#x")
OPTIONS = (
    *("--index-url https://example.com/simple", "-c limits.txt", "--prefer-binary", "-e ."),
    *("--find-links=wheels", "-r more.txt", "--no-binary :all:", "--extra-index-url https://x.y/z"),
)
OTHERS = (
    *("", "   ", "# a comment", "# pytest==1.0 \\", "  # --hash=sha256:aa", "./libs/own", "@"),
    *(
        "tools @ git+https://github.com/me/tools@v1#subdirectory=py",
        "https://x.y/z-1-py3-none-any.whl",
    ),
)
ENCODINGS = (
    *(("utf-8", b""), ("utf-8", codecs.BOM_UTF8), ("utf-16-le", codecs.BOM_UTF16_LE)),
    *(("utf-16-be", codecs.BOM_UTF16_BE), ("utf-32-le", codecs.BOM_UTF32_LE)),
    *(("utf-32-be", codecs.BOM_UTF32_BE), ("utf-16-le", b""), ("utf-16-be", b"")),
)
END = st.sampled_from(["\n", "\r\n"])
Line = tuple[str, str, bool]


@st.composite
def requirement(draw: st.DrawFn) -> Line:
    """A requirement as people and tools write it: its name, its text, whether it is for tests."""
    test = draw(st.booleans())
    name = draw(st.sampled_from(TESTS if test else RUNTIME))
    end = draw(END)
    gap = draw(st.sampled_from(["    ", "\t", "  "]))
    digests = draw(st.lists(st.sampled_from(["aa", "bb", "cc"]), max_size=3))
    hashes = "".join(f" \\{end}{gap}--hash=sha256:{digest}" for digest in digests)
    comment = draw(st.sampled_from(COMMENTS))
    head = f"{name}{draw(st.sampled_from(VERSIONS))}{draw(st.sampled_from(MARKERS))}"
    return name, f"{head}{hashes}{comment}{end}", test


@st.composite
def other(draw: st.DrawFn) -> Line:
    text = draw(st.sampled_from((*OPTIONS, *OTHERS)))
    return "", f"{text}{draw(END)}", False


FILES = st.lists(requirement() | other())


def logical_lines(text: str) -> list[str]:
    """The lines as pip's documentation says that it joins them, comments taken off."""
    found, held = [], ""
    for line in text.splitlines():
        comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not comment:
            held += line[:-1]
            continue
        held, whole = "", f"{held} {line}" if comment else held + line
        found.append(whole)
    bare = (re.sub(r"(^|\s+)#.*$", "", line).strip() for line in [*found, held])
    return [line for line in bare if line]


def is_for_tests(line: str) -> bool:
    try:
        name = Requirement(re.split(r"\s--?[a-zA-Z]", line)[0]).name
    except InvalidRequirement:
        return False
    return is_test_package(canonicalize_name(name))


@many
@given(FILES, st.sampled_from(ENCODINGS))
def test_what_stays_is_what_stood_there_in_any_encoding(
    lines: list[Line], encoding: tuple[str, bytes]
) -> None:
    text = "".join(text for _, text, _ in lines)
    content = encoding[1] + text.encode(encoding[0])
    assert requirements.clean(content).content.decode() == "".join(
        text for _, text, test in lines if not test
    )


@many
@given(FILES)
def test_a_hash_stands_only_behind_its_requirement(lines: list[Line]) -> None:
    cleaned = requirements.clean("".join(text for _, text, _ in lines).encode())
    for line in logical_lines(cleaned.content.decode()):
        assert not line.startswith("--hash")
        assert "--hash" not in line or Requirement(line.partition("--hash")[0])


@many
@given(FILES)
def test_what_is_removed_is_named_and_nothing_else(lines: list[Line]) -> None:
    cleaned = requirements.clean("".join(text for _, text, _ in lines).encode())
    names = [canonicalize_name(name.partition("[")[0]) for name, _, test in lines if test]
    assert list(cleaned.removed) == names


@many
@given(FILES)
def test_cleaning_twice_is_cleaning_once(lines: list[Line]) -> None:
    once = requirements.clean("".join(text for _, text, _ in lines).encode())
    assert requirements.clean(once.content).content == once.content


@many
@given(FILES, st.sampled_from(["", "\\", " \\\n", "\\\r\n", "  "]))
def test_an_added_line_is_a_line_of_its_own(lines: list[Line], tail: str) -> None:
    text = "".join(text for _, text, _ in lines)
    content = (text.rstrip("\r\n") + tail).encode()
    found = requirements.with_added(content, "uvicorn").decode()
    assert logical_lines(found) == [*logical_lines(content.decode()), "uvicorn"]


TOKENS = st.sampled_from(
    [
        *("fastapi", "pytest", "==1.0", " ", "\\", "\n", "\r\n", "\r", "#", "--hash=sha256:aa"),
        *(" --hash=sha256:bb", "; ", "-r x.txt", "[", "]", "@", "\x0c", "\u2028", "é", "\t", ","),
    ]
)


@many
@given(st.lists(TOKENS))
def test_any_text_loses_only_whole_lines_of_test_packages(tokens: list[str]) -> None:
    text = "".join(tokens)
    kept = requirements.clean(text.encode()).content.decode()
    wanted = [line for line in logical_lines(text) if not is_for_tests(line)]
    assert logical_lines(kept) == wanted


@many
@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_read_and_no_line_of_them_invented(content: bytes) -> None:
    kept = requirements.clean(content).content.decode()
    lines = iter(requirements.decode(content).splitlines(keepends=True))
    assert all(line in lines for line in kept.splitlines(keepends=True))
