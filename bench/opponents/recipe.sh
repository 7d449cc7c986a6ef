#!/usr/bin/env bash
# The recipe that people follow by hand: clone the Space, copy, commit, push, then the settings one
# by one. The Space was made on the web site before.
set -euo pipefail
folder=$1

address=${HF_ENDPOINT/:\/\//:\/\/user:$HF_TOKEN@}
rm -rf "$HOME/hf-deploy-temp"
git clone -q "$address/spaces/$SPACE" "$HOME/hf-deploy-temp"
cd "$HOME/hf-deploy-temp"
cp -r "$folder"/. .
git add .
if ! git diff --cached --quiet; then
  git -c user.name=Ada -c user.email=ada@example.com commit -q -m "Deploy backend"
  git push -q
fi

set_one() {
  curl --silent --show-error --fail --output /dev/null --request POST \
    --header "Authorization: Bearer $HF_TOKEN" --header "Content-Type: application/json" \
    --data "{\"key\": \"$2\", \"value\": \"${!2}\"}" "$HF_ENDPOINT/api/spaces/$SPACE/$1"
}
for name in $SECRETS; do set_one secrets "$name"; done
for name in $VARIABLES; do set_one variables "$name"; done
