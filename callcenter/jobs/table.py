"""What runs when. Each job is one file, documented in docs/operations.md (a test holds that).

A job takes the settings and returns one line saying what it did. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from callcenter.jobs.backup_database import backup_database
from callcenter.jobs.forget_old import forget_old
from callcenter.jobs.forget_report_runs import forget_report_runs
from callcenter.jobs.forget_sessions import forget_sessions
from callcenter.jobs.load_leads import load_leads
from callcenter.jobs.prove_rollups import prove_rollups
from callcenter.jobs.rotate_facts import rotate_facts
from callcenter.jobs.send_reports import send_reports
from callcenter.jobs.trim_logs import trim_logs
from callcenter.settings import Settings


@dataclass(frozen=True)
class Job:
    name: str
    trigger: BaseTrigger
    run: Callable[[Settings], str]


JOBS: tuple[Job, ...] = (
    Job("trim-logs", IntervalTrigger(minutes=5), trim_logs),
    Job("send-reports", IntervalTrigger(minutes=1), send_reports),
    Job("forget-report-runs", IntervalTrigger(hours=1), forget_report_runs),
    Job("forget-sessions", IntervalTrigger(hours=1), forget_sessions),
    Job("rotate-facts", CronTrigger(hour=2, minute=20), rotate_facts),
    Job("forget-old", CronTrigger(hour=2, minute=40), forget_old),
    Job("load-leads", IntervalTrigger(seconds=10), load_leads),
    Job("backup-database", CronTrigger(hour=3, minute=20), backup_database),
    Job("prove-rollups", CronTrigger(hour=4, minute=10), prove_rollups),
)
