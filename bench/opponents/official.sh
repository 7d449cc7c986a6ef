#!/usr/bin/env bash
# The official command, step by step as its manual has it (and what huggingface/hub-sync calls).
set -euo pipefail
folder=$1

hf repos create "$SPACE" --type space --space-sdk docker --exist-ok >/dev/null
hf upload "$SPACE" "$folder" . --type space --delete "*" --commit-message "Deploy backend" >/dev/null
flags=()
for name in $SECRETS; do flags+=(--secrets "$name"); done
if ((${#flags[@]})); then hf spaces secrets add "$SPACE" "${flags[@]}" >/dev/null; fi
flags=()
for name in $VARIABLES; do flags+=(--env "$name=${!name}"); done
if ((${#flags[@]})); then hf spaces variables add "$SPACE" "${flags[@]}" >/dev/null; fi
hf spaces wait "$SPACE" --timeout 10m >/dev/null
