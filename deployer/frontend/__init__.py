"""Finds the backend's address in a client and rewrites it.

Pure over the ``Files`` port and bytes. One frontend is read (``discovery``, ``environment``), its
scripts are parsed (``syntax``), every address in them is found (``places``) and judged
(``evidence``, ``survey``); what is this backend's gets its new shape (``shapes``, ``choices``) in a
file that is parsed again (``rewrite``), and ``plan`` decides what is changed and what is shown.
"""

from deployer.frontend.diff import unified_diff
from deployer.frontend.plan import plan_frontend
from deployer.frontend.redo import redo
from deployer.frontend.request import FrontendRequest

__all__ = ["FrontendRequest", "plan_frontend", "redo", "unified_diff"]
