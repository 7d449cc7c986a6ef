"""From a backend's folder to the exact files of its Space, without running the user's code."""

from deployer.bundle.build import build_bundle
from deployer.bundle.request import BundleRequest

__all__ = ["BundleRequest", "build_bundle"]
