from .server import api as app

__all__ = ["app"]
