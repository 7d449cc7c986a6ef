#!/usr/bin/env bash
# Moves v1 to a release: move_major_tag.sh v1.2.3 SHA, with GITHUB_REPOSITORY and GH_TOKEN. By
# GitHub's API, so that no step of the job holds a token that git could push with.
set -euo pipefail

readonly major=${1%%.*} sha=$2 refs=repos/$GITHUB_REPOSITORY/git/refs

if gh api "repos/$GITHUB_REPOSITORY/git/ref/tags/$major" --silent 2>/dev/null; then
  gh api "$refs/tags/$major" --method PATCH --raw-field "sha=$sha" --field force=true --silent
else
  gh api "$refs" --method POST --raw-field "ref=refs/tags/$major" --raw-field "sha=$sha" --silent
fi
echo "$major is $sha now."
