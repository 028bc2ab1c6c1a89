"""Signing in and out, and changing one's password."""

from web.auth.views import blueprint

__all__ = ["blueprint"]
