"""Who did what: read only."""

from web.audit.views import blueprint

__all__ = ["blueprint"]
