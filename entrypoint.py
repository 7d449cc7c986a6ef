"""Start of the program, whichever door it came through: the Action, the image, a shell."""

import os
import sys
from pathlib import Path

# The Action runs this file by its path with an isolated Python, which leaves its folder out.
sys.path.insert(0, str(Path(__file__).resolve().parent))

from deployer.cli import main

raise SystemExit(main(os.environ, sys.argv[1:]))
