from service import app

__all__ = ["app"]
