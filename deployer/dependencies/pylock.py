"""pylock.toml: the lock that every tool writes alike (PEP 751), read by packaging itself."""

from __future__ import annotations

from typing import Any

from packaging.pylock import (
    Package,
    PackageSdist,
    PackageWheel,
    Pylock,
    PylockUnsupportedVersionError,
    PylockValidationError,
)

from deployer.dependencies import pins, requirements
from deployer.dependencies.development import is_test_package
from deployer.dependencies.documents import toml
from deployer.dependencies.found import Dependencies, Manifest, Source
from deployer.dependencies.pins import Pin
from deployer.dependencies.space import environment
from deployer.errors import Refused

RENEW = "Export it anew, for instance with `uv export --no-dev -o pylock.toml`."


def read(source: Source) -> Manifest:
    """The packages for the Space, of the default groups and without extras. Raises ``Refused``."""
    try:
        lock = Pylock.from_dict(toml(source))
    except PylockUnsupportedVersionError as error:
        line = source.line_of("lock-version")
        raise Refused([source.problem(f"{error}.", RENEW, line)]) from error
    except PylockValidationError as error:
        raise source.broken(str(error)) from error
    dropped = _only_tests(lock, source.needed)

    def install(python: str) -> Dependencies:
        there = [package for package in lock.packages if _is_there(lock, package, python)]
        kept = [package for package in there if package.name not in dropped]
        removed = {package.name for package in there} & dropped
        return pins.write(source, [_pin(source, package) for package in kept], removed)

    names = [package.name for package in lock.packages if package.name not in dropped]
    return Manifest(
        kind="pylock.toml",
        path=source.path,
        asked=requirements.parse("".join(f"{name}\n" for name in names)),
        names=frozenset(names),
        python=str(lock.requires_python or ""),
        install=install,
    )


def _only_tests(lock: Pylock, needed: frozenset[str]) -> set[str]:
    """The test packages, but for those that another package of the lock says it needs."""
    tests: set[str] = {item.name for item in lock.packages if is_test_package(item.name, needed)}
    wanted = {
        str(need.get("name"))
        for item in lock.packages
        if item.name not in tests
        for need in item.dependencies or ()
    }
    return tests - wanted


def _is_there(lock: Pylock, package: Package, python: str) -> bool:
    if package.marker is None:
        return True
    groups = frozenset(lock.default_groups or ())
    values: dict[str, Any] = {
        **environment(python),
        "extras": frozenset(),
        "dependency_groups": groups,
    }
    return package.marker.evaluate(values, context="lock_file")


def _pin(source: Source, package: Package) -> Pin:
    artifacts: list[PackageSdist | PackageWheel] = [
        *([package.sdist] if package.sdist else []),
        *(package.wheels or ()),
    ]
    digests = [item.hashes.get("sha256", "") for item in artifacts]
    url, path = "", ""
    if package.archive:
        url, path = package.archive.url or "", package.archive.path or ""
        digests = [package.archive.hashes.get("sha256", "")]
    elif package.directory:
        path = package.directory.path
    elif package.vcs:
        below = f"#subdirectory={package.vcs.subdirectory}" if package.vcs.subdirectory else ""
        url = f"git+{package.vcs.url or package.vcs.path}@{package.vcs.commit_id}{below}"
    elif artifacts and not any(item.url for item in artifacts):
        path = artifacts[-1].path or ""
    return Pin(
        name=package.name,
        version=str(package.version or ""),
        url=url,
        path=path,
        index=package.index or "",
        hashes=tuple(f"sha256:{digest}" for digest in digests if digest),
        line=source.line_of(f'name = "{package.name}"'),
    )
