"""GitHub's artifacts in a folder: stand-ins for the actions that upload and download them."""

from __future__ import annotations

import re
from pathlib import Path

from tests.real.action import ROOT

UPLOAD = """
name: upload
description: keeps a file where the download finds it
inputs:
  name: {required: true}
  path: {required: true}
  retention-days: {required: false}
  overwrite: {required: false}
runs:
  using: composite
  steps:
    - shell: bash
      env: {NAME: "${{ inputs.name }}", FILE: "${{ inputs.path }}"}
      run: rm -rf "$ARTIFACTS/$NAME" && mkdir -p "$ARTIFACTS/$NAME" && cp "$FILE" "$ARTIFACTS/$NAME"
"""
DOWNLOAD = """
name: download
description: brings every artifact whose name fits
inputs:
  pattern: {required: true}
  path: {required: true}
runs:
  using: composite
  steps:
    - shell: bash
      env: {PATTERN: "${{ inputs.pattern }}", TO: "${{ inputs.path }}"}
      run: mkdir -p "$TO" && find "$ARTIFACTS" -maxdepth 1 -name "$PATTERN" -exec cp -r {} "$TO" ";"
"""


def options(folder: Path) -> list[str]:
    """Flags for act that put both in the place of what our workflows use."""
    store = folder / "artifacts"
    store.mkdir()
    flags = [f"--env=ARTIFACTS={store}"]
    files = (ROOT / ".github/workflows/fleet.yml", ROOT / "action/fleet/action.yml")
    workflows = "\n".join(path.read_text() for path in files)
    for kind, text in (("upload", UPLOAD), ("download", DOWNLOAD)):
        place = folder / kind
        place.mkdir()
        (place / "action.yml").write_text(text)
        for name in set(re.findall(rf"uses: (actions/{kind}-artifact@\S+)", workflows)):
            flags.append(f"--local-repository={name}={place}")
    return flags
