"""The same script with the same proof: our revision runs, and answers healthily twice."""

import os
import sys
import time
import urllib.error
import urllib.request

from huggingface_hub import HfApi

api = HfApi()
space = os.environ["SPACE"]
api.create_repo(space, repo_type="space", space_sdk="docker", exist_ok=True)
api.upload_folder(
    repo_id=space,
    repo_type="space",
    folder_path=sys.argv[1],
    delete_patterns="*",
    commit_message="Deploy backend",
)
for name in os.environ["SECRETS"].split():
    api.add_space_secret(space, name, os.environ[name])
for name in os.environ["VARIABLES"].split():
    api.add_space_variable(space, name, os.environ[name])

info = api.space_info(space)
while True:
    runtime = api.get_space_runtime(space)
    if runtime.stage == "RUNNING" and runtime.raw.get("sha") == info.sha:
        break
    if runtime.stage.endswith("_ERROR"):
        sys.exit(f"{space}: {runtime.stage}")
    time.sleep(1)

healthy = 0
while healthy < 2:
    try:
        with urllib.request.urlopen(f"{info.host}/api/health", timeout=10) as answer:
            healthy = healthy + 1 if answer.status == 200 else 0
    except urllib.error.URLError:
        healthy = 0
    if healthy < 2:
        time.sleep(1)
