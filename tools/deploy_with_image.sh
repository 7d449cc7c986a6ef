#!/usr/bin/env bash
# Deploys the example with the image, as a container job would: deploy_with_image.sh IMAGE SPACE.
# HF_ENDPOINT names the Hub, INPUT_HF_TOKEN has its token.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

exec docker run --rm --network host \
  --volume "$PWD:/workspace" --workdir /workspace \
  --env HF_ENDPOINT --env INPUT_HF_TOKEN --env "INPUT_SPACE=$2" \
  --env INPUT_BACKEND=examples/rag-chatbot/backend --env INPUT_FRONTEND=none \
  "$1"
