"""Finds the backend's address in a client and rewrites it.

Pure over the ``Files`` port and bytes. One frontend is read (``discovery``, ``environment``), its
scripts are parsed (``syntax``), every address in them is found (``places``) and judged
(``evidence``, ``survey``); what is this backend's gets its new shape (``shapes``, ``choices``) in a
file that is parsed again (``rewrite``), and ``plan`` decides what is changed and what is shown.
"""

from collections.abc import Callable

from deployer.frontend.diff import unified_diff
from deployer.frontend.request import DEFAULT_LOCAL_URL, FrontendRequest, check
from deployer.model import FrontendPlan, FrontendState
from deployer.ports import Files

__all__ = ["FrontendRequest", "plan_frontend", "redo", "unified_diff"]


# What reads a frontend is forty modules, and imported when there is one to read.


def plan_frontend(request: FrontendRequest, files: Files) -> FrontendPlan:
    """What would be rewritten so that the frontend calls ``request.backend_url``.

    Raises ``Refused`` (configuration) for a path of the input ``frontend`` that does not exist or
    leaves the workspace, and for a URL that must not be written into code.
    """
    paths = check(request, files)
    if paths == ():
        return FrontendPlan(
            state=FrontendState.NONE, local_url=request.local_url or DEFAULT_LOCAL_URL
        )
    from deployer.frontend.plan import plan_rewrites

    return plan_rewrites(request, paths, files)


def redo(
    plan: FrontendPlan, request: FrontendRequest, read: Callable[[str], bytes | None]
) -> FrontendPlan:
    """The same rewrite on the files as ``read`` gives them, at a newer commit.

    A file that is gone, or no longer has the address, is left out; with no change left the state
    is ``CURRENT``.
    """
    from deployer.frontend.redoing import redone_plan

    return redone_plan(plan, request, read)
