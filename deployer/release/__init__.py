"""Diff against the Space, push, wait, judge health, roll back, diagnose."""
