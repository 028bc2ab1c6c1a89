"""Calls: the list, one call with its timeline and recording, and what does not reconcile."""

from web.calls import voicemail  # noqa: F401 - adds its route
from web.calls.views import blueprint

__all__ = ["blueprint"]
