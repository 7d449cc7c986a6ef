"""The repositories below are data: their test files are none of ours."""

collect_ignore_glob = ["*"]
