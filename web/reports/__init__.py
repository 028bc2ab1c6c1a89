"""Reports: one page for all of them, and the same figures as files."""

from web.reports.views import blueprint

__all__ = ["blueprint"]
