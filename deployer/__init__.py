"""Deploys a FastAPI backend to a Hugging Face Space and proves the pushed revision healthy."""

__version__ = "0.1.0"
