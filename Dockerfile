# The action as an image: the same program reading the same INPUT_* variables, for `docker run`,
# GitLab, Forgejo and `uses: docker://`. It runs as root because GitHub requires that of container
# actions: the mounted workspace belongs to another user.
FROM python:3.11-slim

# git: the commit method `git`. Debian's archive keeps no old versions, so none can be pinned.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates git \
    && rm -rf /var/lib/apt/lists/* \
    # The workspace belongs to another user, and each CI system mounts it elsewhere.
    && git config --system --add safe.directory '*'

WORKDIR /opt/hf-space-deploy
COPY requirements/runtime.txt requirements/runtime.txt
RUN pip install --no-cache-dir --root-user-action=ignore --require-hashes --no-deps \
    -r requirements/runtime.txt
COPY entrypoint.py entrypoint.py
COPY deployer deployer
RUN python -m compileall -q deployer

# -B: nothing is written beside the program, -I: nor read from the workspace.
ENTRYPOINT ["python", "-I", "-B", "-u", "/opt/hf-space-deploy/entrypoint.py"]
