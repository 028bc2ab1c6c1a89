"""Reports: one page for all of them, the same figures as files, kept under names and by e-mail."""

from web.reports import rates, runs, saved, schedules, views
from web.reports.blueprint import blueprint

__all__ = ["blueprint", "rates", "runs", "saved", "schedules", "views"]
