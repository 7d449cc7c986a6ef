"""Measurements of the program beside what does part of its work, on one machine in one run."""
