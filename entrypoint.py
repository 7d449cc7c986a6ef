"""Start of the program, whichever door it came through: the Action, the image, a shell."""

import contextlib
import gc
import os
import sys
import warnings
from pathlib import Path

# The Action runs this file by its path with an isolated Python, which leaves its folder out.
sys.path.insert(0, str(Path(__file__).resolve().parent))
# Half of a short run is imports, and what they make stays: garbage is looked for less often.
gc.set_threshold(200_000, 20, 20)

from deployer.cli import main  # noqa: E402

# Python's warnings, of our libraries and of the backend's code, are nothing to a user.
warnings.simplefilter("ignore")
code = main(os.environ, sys.argv[1:])
for stream in (sys.stdout, sys.stderr):
    with contextlib.suppress(OSError, ValueError):  # nobody reads it any more
        stream.flush()
# Not SystemExit: Python would take hundreds of modules apart first, which takes a tenth of a run.
os._exit(code)
