"""The frozen values that pass between stages. No behaviour beyond what a value knows of itself.

Paths inside the workspace and inside the Space are ``str`` in POSIX form, relative, without a
leading ``./``; sizes are bytes; durations and instants are seconds (``float``, a monotonic clock).
"""

from deployer.model.bundle import (
    Backend,
    Bundle,
    BundleFile,
    Digest,
    EnvironmentName,
    Installed,
    LeftOut,
    OriginSetting,
    Route,
)
from deployer.model.configuration import (
    Configuration,
    ConfigurationChange,
    Entry,
    Secret,
    SettingWrite,
    StoredSetting,
)
from deployer.model.outcome import (
    Answer,
    Built,
    Cause,
    Health,
    Healthy,
    Means,
    NotBuilt,
    Outcome,
    Rehearsed,
    Superseded,
    Unhealthy,
    Verdict,
)
from deployer.model.repository import (
    CommitAuthor,
    FileChange,
    FrontendPlan,
    FrontendState,
    Issue,
    PullRequest,
)
from deployer.model.run import Mode, Status, WorkspaceEntry, WorkspaceKind
from deployer.model.space import Runtime, Space, SpaceCommit, SpaceFile, SpaceId

__all__ = [
    "Answer",
    "Backend",
    "Built",
    "Bundle",
    "BundleFile",
    "Cause",
    "CommitAuthor",
    "Configuration",
    "ConfigurationChange",
    "Digest",
    "Entry",
    "EnvironmentName",
    "FileChange",
    "FrontendPlan",
    "FrontendState",
    "Health",
    "Healthy",
    "Installed",
    "Issue",
    "LeftOut",
    "Means",
    "Mode",
    "NotBuilt",
    "OriginSetting",
    "Outcome",
    "PullRequest",
    "Rehearsed",
    "Route",
    "Runtime",
    "Secret",
    "SettingWrite",
    "Space",
    "SpaceCommit",
    "SpaceFile",
    "SpaceId",
    "Status",
    "StoredSetting",
    "Superseded",
    "Unhealthy",
    "Verdict",
    "WorkspaceEntry",
    "WorkspaceKind",
]
