"""What the Space installs: the manifest that is taken, the Python, the system packages."""
