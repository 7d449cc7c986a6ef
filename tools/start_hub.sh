#!/usr/bin/env bash
# Starts the local Hub on port 7890 in the background, in an environment of its own, and waits until
# it answers. For CI jobs: it ends with the job, or by the process id in HUB_FOLDER/pid.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly work=${HUB_FOLDER:-${RUNNER_TEMP:-$(mktemp -d)}/local-hub}
readonly port=${HUB_PORT:-7890}
python=$(command -v python3.13 || command -v python3.12 || command -v python3.11 || command -v python3)

mkdir -p "$work"
"$python" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
  --requirement requirements/localhub.txt
nohup "$work/venv/bin/python" -m localhub --runner venv --port "$port" \
  --environments "$work/environments" >"$work/log" 2>&1 </dev/null &
echo $! >"$work/pid"
for _ in {1..100}; do
  if curl --fail --silent --output /dev/null "http://127.0.0.1:$port/"; then
    echo "A Hub answers at http://127.0.0.1:$port; its log is $work/log."
    exit 0
  fi
  sleep 0.2
done
tail -n 20 "$work/log" >&2
echo "The local Hub did not start; its last lines stand above." >&2
exit 1
