"""What people on GitHub see of a run: a preview's comment, deployments, a check's issue.

All of it is a courtesy (courtesy.py): what GitHub refuses is a warning, and no run turns red by it.
"""
