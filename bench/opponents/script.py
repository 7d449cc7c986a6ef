"""The script that everybody writes first."""

import os
import sys

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
