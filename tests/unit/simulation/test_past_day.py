"""A past day, from the books to a scenario that runs."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from callcenter.cli import simulate
from callcenter.db.campaign_store import load_campaign
from callcenter.db.engine import open_engine, sessions
from callcenter.db.models.base import Base
from callcenter.db.models.dialing import DialAttemptRow
from callcenter.dialer.budget import CountedBudget, budget
from callcenter.dialer.evidence.pack import pack
from callcenter.dialer.evidence.verify import verify
from callcenter.domain.errors import InvalidInput, NotFound
from callcenter.settings import Settings
from callcenter.simulation.measure import run_shifts, summary
from callcenter.simulation.past_day import PastDay, scenario_document, what_happened
from callcenter.simulation.past_day_rows import past_day
from callcenter.simulation.scenario import parse_scenario
from tests.unit.simulation.dialed_day import MORNING, campaign_row, write_day

DAY = 86_400.0


def read(session: Session, since: float = MORNING - 9 * 3600) -> PastDay:
    return past_day(session, "spring", since, since + DAY)


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    engine = open_engine(database_url)
    Base.metadata.create_all(engine)
    with sessions(engine)() as opened:
        opened.add(campaign_row(abandon_limit=0.05))
        opened.flush()
        yield opened
        opened.rollback()
    engine.dispose()


def test_a_day_is_learned_as_it_was(session: Session) -> None:
    truth = write_day(session)
    day = read(session)
    was = what_happened(day)
    document = scenario_document(day, through_the_day=False)
    outcomes = document["outcomes"]
    assert isinstance(outcomes, dict)
    assert was["live_answered"] == truth["human"]
    assert was["abandoned"] == truth["abandoned"]
    assert was["dials_per_connect"] == pytest.approx(2000 / truth["connected"])
    assert was["utilisation"] == pytest.approx(
        (truth["talk"] + truth["wrap_up"]) / day.staffed_seconds, rel=1e-6
    )
    assert was["mean_agents"] == pytest.approx(10, rel=0.01)
    assert outcomes["human"]["p"] == pytest.approx(truth["human"] / 2000, abs=1e-5)
    assert outcomes["machine"]["detect_seconds"] == 2.5
    assert set(outcomes["no_answer"]["after_seconds"]["values"]) == {25.0}
    assert document["agents"] == 10
    assert document["abandon_limit"] == 0.05
    assert document["inbound_per_hour"] == 0


def test_whom_other_campaigns_call_is_no_caller(session: Session) -> None:
    """Their dialer looked for a free agent before; who asks a broadcast for one just comes."""
    write_day(session)
    attempt = DialAttemptRow
    connected = session.scalars(select(attempt).where(attempt.outcome == "connected")).all()
    for row in connected[:50]:
        row.campaign = "autumn"
    session.flush()
    assert read(session).inbound_calls == 0
    for row in connected[:30]:
        row.mode = "broadcast"
    session.flush()
    assert read(session).inbound_calls == 30


def test_its_abandoned_are_those_of_the_boards_limit(session: Session) -> None:
    """Whom an agent heard too late counts there, though the outcome is connected."""
    truth = write_day(session)
    late = select(DialAttemptRow.id).where(DialAttemptRow.outcome == "connected").limit(7)
    session.execute(
        update(DialAttemptRow)
        .where(DialAttemptRow.id.in_(late))
        .values(agent_on_at=DialAttemptRow.greeting_end_at + 2.5)
    )
    was, counted = what_happened(read(session)), _budget(session).window
    assert (was["live_answered"], was["abandoned"]) == (counted.answered, counted.abandoned)
    assert was["abandoned"] == truth["abandoned"] + 7
    lines = pack(session, "spring", MORNING, MORNING + DAY, Ed25519PrivateKey.generate(), "ann")
    assert verify(lines).summary["abandoned"] == was["abandoned"]


def _budget(session: Session) -> CountedBudget:
    return budget(session, load_campaign(session, "spring"), MORNING + DAY / 3)


def test_a_call_that_lasts_past_midnight_does_not_staff_the_night(session: Session) -> None:
    midnight = MORNING - 9 * 3600 + DAY
    write_day(session, dials=400, seconds=3600, began=midnight - 3600)
    last = select(func.max(DialAttemptRow.placed_at)).scalar_subquery()
    session.execute(
        update(DialAttemptRow)
        .where(DialAttemptRow.placed_at == last)
        .values(ended_at=midnight + 7200)
    )
    day = read(session)
    assert len(day.calls) == 400, "placed on that day"
    assert what_happened(day)["staffed_hours"] == pytest.approx(10, rel=0.02)
    assert scenario_document(day, through_the_day=True)["shift_seconds"] == pytest.approx(3600)
    assert len(read(session, midnight).calls) == 0


def test_it_runs_again_and_comes_near_what_its_rates_allow(session: Session) -> None:
    write_day(session)
    scenario = parse_scenario(scenario_document(read(session), through_the_day=True))
    result = summary(scenario, run_shifts(scenario, "progressive", 2, 1))
    answered_share = float(str(result["live_answered"])) / float(str(result["dials"]))
    assert answered_share == pytest.approx(0.25, abs=0.03)
    assert result["abandoned"] == 0


def test_rates_and_staff_change_as_they_did(session: Session) -> None:
    write_day(session, dials=800, seconds=3600, agents=6)
    write_day(session, dials=800, seconds=3600, agents=12, seed=2, began=MORNING + 7200)
    document = scenario_document(read(session), through_the_day=True)
    timeline = document["timeline"]
    assert isinstance(timeline, list)
    agents = [change["agents"] for change in timeline if "agents" in change]
    assert document["agents"] == 6
    assert agents == [0, 12]  # an hour in which nobody dialed lies between
    assert sum("human_p" in change for change in timeline) >= 4
    parse_scenario(document)


def test_too_little_and_no_campaign_say_what_to_do(session: Session) -> None:
    write_day(session, dials=20)
    with pytest.raises(InvalidInput, match="Choose another day"):
        scenario_document(read(session), through_the_day=True)
    with pytest.raises(NotFound, match="no campaign"):
        past_day(session, "autumn", 0, DAY)


def test_the_command_prints_the_day_and_its_replay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(home=tmp_path)
    engine = open_engine(settings.database)
    Base.metadata.create_all(engine)
    with sessions(engine).begin() as session:
        session.add(campaign_row())
        write_day(session, dials=600, seconds=3600)
    day = datetime.fromtimestamp(MORNING, UTC).date()
    words = f"--replay spring --date {day} --policy progressive --shifts 1 --json".split()
    assert _run(settings, [*words, "--save", str(tmp_path / "day.json")]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["replay"] == {"campaign": "spring", "date": str(day)}
    assert printed["as_it_was"]["dials"] == 600
    assert printed["shifts"] == 1
    again = ["--scenario", str(tmp_path / "day.json"), "--policy", "progressive", "--shifts", "1"]
    assert _run(settings, [*again, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["dials"] == printed["dials"]
    with pytest.raises(InvalidInput, match="which day"):
        _run(settings, ["--replay", "spring"])


def _run(settings: Settings, words: list[str]) -> int:
    parser = ArgumentParser()
    simulate.add_arguments(parser)
    return simulate.run(settings, parser.parse_args(words))
