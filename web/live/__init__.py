"""The live floor in the browser: the stream of changes and the wallboard."""

from web.live.views import blueprint

__all__ = ["blueprint"]
