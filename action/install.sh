#!/usr/bin/env bash
# Makes the action's private Python environment from the hash-locked requirements, with uv where
# there is one, else with pip, and hands its interpreter on as the step output `python`.
# The job's own Python, its packages and its settings are neither used nor changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Settings meant for the job's own installs (a target folder, another Python) must not steer ours.
# Mirrors and certificates set in uv's and pip's configuration files still count.
for name in "${!UV_@}" "${!PIP_@}" PYTHONPATH PYTHONHOME VIRTUAL_ENV; do
  unset "$name"
done

readonly requirements=requirements/runtime.txt
readonly uv=${FOUND_UV:-}
readonly temp=${RUNNER_TEMP:-${TMPDIR:-/tmp}}

fail() {
  echo "::error title=Python environment::$1"
  exit 70
}

# Prints the interpreter behind a command and the name of its environment (one per lock file and
# interpreter; a second step of the job finds it ready); fails where that Python is too old. On
# Windows Python ends its lines with CRLF, of which bash would keep the CR.
describe() {
  "$1" -I -c '
import hashlib, pathlib, sys
sys.stdout.reconfigure(newline="\n")
lock = pathlib.Path(sys.argv[1]).read_bytes()
print(sys.executable)
print("hf-space-deploy-" + hashlib.sha256(lock + sys.version.encode()).hexdigest()[:16])
sys.exit(sys.version_info < (3, 11))' "$requirements" 2>/dev/null
}

find_python() {
  local candidate
  for candidate in python3 python python3.13 python3.12 python3.11 python3.14 \
    "${RUNNER_TOOL_CACHE:-/none}"/Python/3.1[1-9].*/*/{bin/python3,python.exe}; do
    if found=$(describe "$candidate"); then
      return 0
    fi
  done
  return 1
}

interpreter_of() {
  if [[ -x "$1/Scripts/python.exe" ]]; then
    echo "$1/Scripts/python.exe"
  else
    echo "$1/bin/python"
  fi
}

with_uv() {
  rm -rf "$2"
  "$uv" venv --quiet --no-project --python "$1" "$2" &&
    "$uv" pip install --quiet --python "$(interpreter_of "$2")" \
      --require-hashes --no-deps --requirement "$requirements"
}

# --without-pip saves seconds where the interpreter's own pip can install into another one.
with_pip() {
  local options=(--quiet --disable-pip-version-check --no-input)
  rm -rf "$2"
  if "$1" -I -m pip --version >/dev/null 2>&1 && "$1" -I -m venv --without-pip "$2" &&
    "$1" -I -m pip --python "$(interpreter_of "$2")" "${options[@]}" install \
      --require-hashes --no-deps --requirement "$requirements"; then
    return 0
  fi
  rm -rf "$2"
  "$1" -I -m venv "$2" &&
    "$(interpreter_of "$2")" -I -m pip "${options[@]}" install \
      --require-hashes --no-deps --requirement "$requirements"
}

# uv brings a Python of its own where the machine has none that is new enough.
bring_python() {
  [[ -n $uv ]] || return 1
  local -x UV_PYTHON_INSTALL_DIR="$temp/hf-space-deploy-python"
  "$uv" python install --quiet --no-bin 3.12 >&2 &&
    found=$(describe "$("$uv" python find --no-project --managed-python 3.12)")
}

found=""
find_python || bring_python ||
  fail "No Python 3.11 or newer was found. Add a step with actions/setup-python before this one."
{ read -r python && read -r name; } <<<"$found"
environment=$temp/$name

if [[ ! -f $environment/complete ]]; then
  { [[ -n $uv ]] && with_uv "$python" "$environment"; } || with_pip "$python" "$environment" ||
    fail "The action's requirements could not be installed; the lines above say why. If the \
package index was out of reach, run the job again."
  touch "$environment/complete"
fi

echo "python=$(interpreter_of "$environment")" >>"${GITHUB_OUTPUT:-/dev/stdout}"
