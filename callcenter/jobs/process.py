"""`callcenter run jobs`: runs the table of jobs until SIGTERM."""

from __future__ import annotations

import logging
import signal
import time
from functools import partial

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from callcenter.jobs.table import JOBS, Job
from callcenter.settings import Settings

log = logging.getLogger(__name__)

# A job that could not start in time (machine asleep, long job before it) still runs, once.
LATE_SECONDS = 3600
AT_ONCE = 3  # different jobs: a long proof of the sums must not hold up the mail


def main(settings: Settings) -> int:
    """0 after a clean stop."""
    stop = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(AT_ONCE)}, timezone="UTC"
    )
    for job in JOBS:
        scheduler.add_job(
            partial(run_job, job, settings),
            job.trigger,
            id=job.name,
            coalesce=True,
            misfire_grace_time=LATE_SECONDS,
        )
    scheduler.start()
    log.info("jobs_started", extra={"jobs": len(JOBS)})
    signal.sigwait(stop)
    scheduler.shutdown(wait=False)
    return 0


def run_job(job: Job, settings: Settings) -> None:
    """One run; a job that fails is logged and tried again at its next time."""
    began = time.monotonic()
    try:
        result = job.run(settings)
    except Exception:  # one bad job must not stop the others
        log.exception("job_failed", extra={"job": job.name})
        return
    seconds = round(time.monotonic() - began, 3)
    log.info("job_done", extra={"job": job.name, "seconds": seconds, "result": result})
