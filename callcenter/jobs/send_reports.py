"""Reports by e-mail: what has become due is written down, then each recipient is served once.

A row is claimed before anything is done about it and marked before the first byte of the text goes
over, so a process that dies at any instant is followed by one that knows what was not sent (and
sends it) and what may have been (and does not).
"""

from __future__ import annotations

import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session, sessionmaker

from callcenter.db.engine import open_engine, sessions
from callcenter.db.site_store import load_site
from callcenter.domain.errors import CallcenterError, InvalidInput
from callcenter.mail import smtp
from callcenter.mail.recipients import refuse_outside
from callcenter.reports import deliveries
from callcenter.reports.deliveries import Key
from callcenter.reports.prepared import Prepared, prepare
from callcenter.reports.runs import RunDesk
from callcenter.reports.schedules import make_due
from callcenter.settings import Settings

log = logging.getLogger(__name__)


class _TakenOver(Exception):
    """Another process has this delivery now."""


def send_reports(settings: Settings, clock: Callable[[], float] = time.time) -> str:
    """One look: what is due, and what waits for its next try."""
    engine = open_engine(settings.database)
    try:
        round_ = _Round(settings, sessions(engine), RunDesk(engine, settings.report_runs), clock)
        return round_.run()
    finally:
        engine.dispose()


class _Round:
    def __init__(
        self,
        settings: Settings,
        factory: sessionmaker[Session],
        desk: RunDesk,
        clock: Callable[[], float],
    ) -> None:
        self._settings, self._factory, self._desk, self._clock = settings, factory, desk, clock
        self._prepared: dict[tuple[int, float], Prepared] = {}
        self._server_away = ""  # what it said: the same for everybody in this round
        self._site_name = ""

    def run(self) -> str:
        now = self._clock()
        with self._factory.begin() as session:
            site = load_site(session)
            self._site_name = site.name
            due = make_due(session, now, ZoneInfo(site.timezone))
            deliveries.settle_cut_off(session, now)
        with self._factory() as session:
            waiting = deliveries.ready(session, now)
        ends = Counter(self._deliver(key) for key in waiting)
        said = ", ".join(f"{end} {count}" for end, count in sorted(ends.items()) if end)
        return f"due {due}" + (f", {said}" if said else "")

    def _deliver(self, key: Key) -> str:
        """What became of it, in a word; empty: it was somebody else's."""
        token = secrets.token_hex(8)
        with self._factory.begin() as session:
            if not deliveries.claim(session, key, token, self._clock()):
                return ""
        try:
            self._send(key, token)
        except _TakenOver:
            return ""
        except smtp.Unsure as error:
            with self._factory.begin() as session:
                deliveries.unsure(session, key, token, str(error))
            log.warning("report_unsure", extra={"to": key.recipient, "error": str(error)})
            return "unsure"
        except CallcenterError as error:
            return self._put_off(key, token, str(error), getattr(error, "for_good", False))
        except Exception as error:  # a report that breaks must not hold up the others
            log.exception("report_not_made", extra={"schedule": key.schedule_id})
            return self._put_off(key, token, f"it could not be made: {type(error).__name__}", False)
        with self._factory.begin() as session:
            deliveries.sent(session, key, token, self._clock())
        log.info("report_sent", extra={"to": key.recipient, "schedule": key.schedule_id})
        return "sent"

    def _send(self, key: Key, token: str) -> None:
        if self._server_away:
            raise smtp.NotSent(self._server_away)
        smtp.refuse_settings(self._settings)
        self._refuse_recipient(key)
        message = self._message(key, self._made(key))

        def about_to_send() -> None:
            with self._factory.begin() as session:
                if not deliveries.about_to_send(session, key, token, self._clock()):
                    raise _TakenOver

        try:
            smtp.send(self._settings, message, key.recipient, about_to_send)
        except smtp.ServerAway as error:
            self._server_away = str(error)
            raise

    def _refuse_recipient(self, key: Key) -> None:
        """Who was allowed when the e-mail was scheduled may not be any more."""
        try:
            refuse_outside(self._settings, [key.recipient])
        except InvalidInput as error:
            raise smtp.NotSent(str(error), for_good=True) from None

    def _made(self, key: Key) -> Prepared:
        """Made once for all recipients of a due time."""
        which = (key.schedule_id, key.due_at)
        if which not in self._prepared:
            with self._factory() as session:
                self._prepared[which] = prepare(
                    session, self._desk, *which, self._settings.web_address
                )
        return self._prepared[which]

    def _put_off(self, key: Key, token: str, error: str, for_good: bool) -> str:
        with self._factory.begin() as session:
            deliveries.not_sent(session, key, token, self._clock(), error, for_good=for_good)
        log.warning("report_not_sent", extra={"to": key.recipient, "error": error})
        return "failed" if for_good else "put off"

    def _message(self, key: Key, prepared: Prepared) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        sender = self._settings.mail_from
        message["Subject"] = " ".join(prepared.subject.split())
        message["From"] = formataddr((" ".join(self._site_name.split()), sender))
        message["To"] = key.recipient
        message["Date"] = format_datetime(datetime.fromtimestamp(self._clock(), UTC))
        # The same for the same due time: mailboxes that leave out repeats can.
        named = f"{key.schedule_id} {key.due_at} {key.recipient}"
        mark = sha256(named.encode()).hexdigest()[:32]
        message["Message-ID"] = f"<report-{mark}@{sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(prepared.text)
        kind, _, subkind = prepared.mime_type.partition("/")
        message.add_attachment(
            prepared.data, maintype=kind, subtype=subkind, filename=prepared.file_name
        )
        return message
