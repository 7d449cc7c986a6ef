"""From a backend's folder to the exact files of its Space, without running the user's code."""

from deployer.bundle.build import build_bundle
from deployer.bundle.refused import BundleRefused
from deployer.bundle.request import BundleRequest

__all__ = ["BundleRefused", "BundleRequest", "build_bundle"]
