"""The simulated agents say what their calls came to, and the demo's calls have a price."""

from datetime import date
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import select

from callcenter.db import migrations
from callcenter.db.engine import open_engine, sessions
from callcenter.db.models.calls import Call, CallTalk
from callcenter.db.models.dispositions import CallDispositionRow
from callcenter.db.rate_store import load_rates
from callcenter.demo.after_calls import say_words
from callcenter.demo.seed import seed
from callcenter.domain.rates import RateBook
from callcenter.reports.asked import Asked
from callcenter.reports.table import REPORTS
from callcenter.settings import Settings

NOW = 1_764_000_000.0
CALLS = 60


def test_calls_that_are_over_get_a_word_of_their_queue_once_and_have_a_price(
    tmp_path: Path,
) -> None:
    settings = Settings(home=tmp_path)
    migrations.upgrade(open_engine(settings.database))
    seed(settings)
    makers = sessions(open_engine(settings.database))
    said = 0
    for number in range(CALLS):
        with makers.begin() as session:
            _add_call(session, number, is_over=number > 0)
            said += say_words(session, ("1003", "1004"), Random(number), NOW + number)
    with makers() as session:
        rows = list(session.scalars(select(CallDispositionRow)))
        assert said == len(rows)
        assert CALLS // 2 < said < CALLS  # some are forgotten, as in life
        assert "call 0" not in {row.call_id for row in rows}  # it is still up
        asked = Asked(NOW - 60, NOW + 3600, ZoneInfo("UTC"), NOW + 3600)
        found = REPORTS["dispositions"].run(session, asked)
        assert {row.disposition for row in found} > {"Solved", "Rebooked"}
        book = RateBook(load_rates(session))
        assert book.rate_for("carrier", "inbound", "15550102", date(2025, 11, 24))


def _add_call(session, number: int, *, is_over: bool) -> None:
    key = {"node": "pbx1", "started_at": NOW + number}
    session.add(Call(
        id=f"call {number}", **key, direction="inbound", caller_number="12025550100",
        caller_name="", dialed="15550102", trunk="carrier", answered_at=NOW + number,
        ended_at=NOW + number + 1 if is_over else None, outcome="answered", ended_by="caller",
        queue="support", agent="1003", wait_seconds=0.0, talk_seconds=1.0, hold_seconds=0.0,
        recording=""))  # fmt: skip
    session.add(CallTalk(
        call_id=f"call {number}", **key, number=1, agent="1003", phone="203", queue="support",
        ended_at=NOW + number + 1 if is_over else None, talk_seconds=1.0, hold_seconds=0.0,
    ))  # fmt: skip
