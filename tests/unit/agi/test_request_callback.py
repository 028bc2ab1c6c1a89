from __future__ import annotations

import pytest
from sqlalchemy import select

from callcenter.agi.server import FastAgiServer
from callcenter.db.campaign_store import save_campaign
from callcenter.db.engine import open_engine, sessions
from callcenter.db.models import CallbackRow
from callcenter.dialer.leads.manage import make_list
from callcenter.domain.campaign import Campaign, ListShare
from callcenter.settings import Settings
from tests.unit.agi.asterisk_side import Answer, converse

NOW = 1795446000.0


@pytest.fixture(autouse=True)
def campaign(settings: Settings) -> None:
    engine = open_engine(settings.database)
    with sessions(engine).begin() as session:
        make_list(session, "callers", "Callers", "GB", NOW)
        session.flush()
        lists = (ListShare("callers"),)
        wanted = Campaign("callbacks", "Callbacks", "support", state="running", lists=lists)
        save_campaign(session, wanted, NOW)
    engine.dispose()


def typing(*typed: str) -> Answer:
    left = list(typed)

    def answer(command: str) -> str:
        return f"200 result={left.pop(0) if command.startswith('GET DATA') and left else 0}"

    return answer


def promised(settings: Settings) -> list[str]:
    engine = open_engine(settings.database)
    with sessions(engine).begin() as session:
        found = list(session.scalars(select(CallbackRow.number)))
    engine.dispose()
    return found


def talk(server: FastAgiServer, *typed: str, **fields: str) -> list[str]:
    words = {"arg_1": "callbacks"} | fields
    return converse(server.address, "request_callback.py", typing(*typed), **words)


def test_the_callers_own_number(server: FastAgiServer, settings: Settings) -> None:
    commands = talk(server)
    assert promised(settings) == ["+442079460018"]
    told = commands.index("GOSUB cc-step s 1 callback,callbacks,")
    thanked = next(n for n, each in enumerate(commands) if each.startswith("STREAM FILE"))
    assert told < commands.index('SET VARIABLE "CC_RESULT" "callback"') < thanked


def test_another_number_is_typed(server: FastAgiServer, settings: Settings) -> None:
    (settings.prompts / "callback-choice.wav").write_bytes(b"")
    talk(server, "2", "02079460123")
    assert promised(settings) == ["+442079460123"]


def test_nothing_pressed_promises_nothing(server: FastAgiServer, settings: Settings) -> None:
    (settings.prompts / "callback-choice.wav").write_bytes(b"")
    assert 'SET VARIABLE "CC_RESULT" "none"' in talk(server, "", "", "")
    assert promised(settings) == []


@pytest.mark.parametrize(
    "fields", [{"callerid": "441632"}, {"arg_1": "no-such"}, {"arg_1": ""}]
)  # fmt: skip
def test_refused_is_said(server: FastAgiServer, settings: Settings, fields: dict[str, str]) -> None:
    commands = talk(server, **fields)
    assert 'SET VARIABLE "CC_RESULT" "refused"' in commands
    assert not any("callback,callbacks" in each for each in commands)
    assert promised(settings) == []
