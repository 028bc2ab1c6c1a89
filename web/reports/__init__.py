"""Reports: one page for all of them, the same figures as files, kept under names and by e-mail."""

from web.reports import runs, saved, schedules, views
from web.reports.blueprint import blueprint

__all__ = ["blueprint", "runs", "saved", "schedules", "views"]
