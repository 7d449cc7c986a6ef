#!/usr/bin/env bash
# Only the upload of the folder, which is what a run with nothing to do is measured beside.
set -euo pipefail
hf upload "$SPACE" "$1" . --type space --delete "*" --commit-message "Deploy backend" >/dev/null
