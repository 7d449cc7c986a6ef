#!/usr/bin/env bash
# Any shell, and any CI system with Docker: run this in the repository that you deploy from.
#
# In the environment: HF_TOKEN (write access) and what INPUT_SECRETS names.
set -euo pipefail
cd "$(git rev-parse --show-toplevel)"

export INPUT_SPACE=owner/rag-chatbot
export INPUT_SECRETS=GEMINI_API_KEY
export INPUT_VARIABLES=LOG_LEVEL=INFO
export INPUT_FRONTEND_URL=https://my-app.vercel.app
# The client is rewritten in the working tree, for you to look at and commit.
export INPUT_FRONTEND_COMMIT=none

# A name alone passes the variable on, so that no value stands on a command line.
docker run --rm \
  --user "$(id -u):$(id -g)" \
  --volume "$PWD:/workspace" --workdir /workspace \
  --env HF_TOKEN --env HF_ENDPOINT --env GEMINI_API_KEY \
  --env INPUT_SPACE --env INPUT_SECRETS --env INPUT_VARIABLES \
  --env INPUT_FRONTEND_URL --env INPUT_FRONTEND_COMMIT \
  "${IMAGE:-ghcr.io/org/hf-space-deploy:v1}"
