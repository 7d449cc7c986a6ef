"""Secrets and variables of the Space: read, checked, fingerprinted, and what of them to send."""
