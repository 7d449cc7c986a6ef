"""Deployments and their statuses through GitHub's REST API (port ``Deployments``).

Facts: "REST API endpoints for deployments" and "… for deployment statuses".
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Mapping
from urllib.parse import quote

from deployer.adapters import github_answers as answers
from deployer.adapters.github_resource import GitHubResource
from deployer.errors import RepositoryRefused

PERMISSION = "Give the job `permissions: deployments: write`."
DESCRIPTION = 140  # characters


class GitHubDeployments:
    """``ports.Deployments`` of one repository. ``run_url`` is where the log of the job is."""

    def __init__(self, resource: GitHubResource, *, run_url: str = "") -> None:
        self._resource = resource
        self._run_url = run_url

    def start(self, *, revision: str, environment: str, transient: bool, key: str = "") -> str:
        """Record one and say that it is under way; its id."""
        sign = uuid.uuid4().hex
        content = {
            "ref": revision,
            "environment": environment,
            "transient_environment": transient,
            "description": "Hugging Face Space",
            # The commit is the one that runs this job: nothing is merged into it, and its checks,
            # this job among them, are not waited for.
            "auto_merge": False,
            "required_contexts": [],
            "payload": {"hf-space-deploy": key, "sign": sign},
        }
        deployment = self._resource.make(
            "deployments",
            content,
            f"Recording a deployment to the environment `{environment}`",
            form=answers.deployment,
            there=lambda: self._signed(sign, environment),
        )
        # One that exists must be ended, whatever becomes of its first status.
        with contextlib.suppress(RepositoryRefused):
            self.tell(deployment, state="in_progress")
        return deployment

    def tell(self, deployment: str, *, state: str, url: str = "", description: str = "") -> None:
        """Add a status."""
        content = {"state": state, "description": description[:DESCRIPTION]}
        links = {"environment_url": url, "log_url": self._run_url}
        content |= {name: link for name, link in links.items() if link}
        doing = f"Telling that the deployment is `{state}`"
        self._resource.send("POST", f"deployments/{deployment}/statuses", content, doing)

    def end(self, environment: str, *, key: str = "") -> None:
        """Mark every deployment of an environment inactive, or those that carry ``key``."""
        for deployment, payload in list(self._of(environment)):
            if key and payload.get("hf-space-deploy") != key:
                continue
            if self._state(deployment) != "inactive":
                self.tell(deployment, state="inactive")

    def _signed(self, sign: str, environment: str) -> str | None:
        found = (name for name, payload in self._of(environment) if payload.get("sign") == sign)
        return next(found, None)

    def _of(self, environment: str) -> list[tuple[str, Mapping[str, object]]]:
        path = f"deployments?environment={quote(environment, safe='')}"
        doing = f"Reading the deployments to `{environment}`"
        return list(self._resource.listed(path, answers.deployments, doing))

    def _state(self, deployment: str) -> str:
        """The newest status. One that somebody deleted meanwhile is over, too."""
        doing = "Reading a deployment's statuses"
        path = f"deployments/{deployment}/statuses?per_page=1"
        reply = self._resource.read(path, answers.newest_state, doing)
        return "inactive" if reply.status == 404 else answers.newest_state(reply.json())
