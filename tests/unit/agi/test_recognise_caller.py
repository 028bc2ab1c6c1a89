from __future__ import annotations

from callcenter.agi.server import FastAgiServer
from tests.unit.agi.asterisk_side import converse


def test_a_known_number_sets_name_priority_agent_and_language(server: FastAgiServer) -> None:
    assert converse(server.address, "recognise_caller.py") == [
        'SET VARIABLE "CALLERID(name)" "Ada Lovelace"',
        'SET VARIABLE "CC_CALLER_NAME" "Ada Lovelace"',
        'SET VARIABLE "CC_PRIORITY" "5"',
        'SET VARIABLE "CC_LAST_AGENT" "1001"',
        'SET VARIABLE "CC_LANGUAGE" "en"',
        'SET VARIABLE "CC_RESULT" "known"',
    ]


def test_the_same_number_spelled_otherwise_is_the_same_customer(server: FastAgiServer) -> None:
    assert len(converse(server.address, "recognise_caller", callerid="+442079460018")) == 6
    assert len(converse(server.address, "recognise_caller", callerid="00442079460018")) == 6


def test_an_unknown_or_withheld_number_changes_nothing(server: FastAgiServer) -> None:
    for number in ("15550100", "unknown", "", "' OR 1=1 --"):
        commands = converse(server.address, "recognise_caller.py", callerid=number)
        assert commands == ['SET VARIABLE "CC_RESULT" "unknown"']


def test_quotes_in_a_name_stay_inside_the_value(server: FastAgiServer) -> None:
    commands = converse(server.address, "recognise_caller.py", callerid="442079460666")
    expected = 'SET VARIABLE "CALLERID(name)" "O\'Brien \\"EXEC System(id)\\" \\\\"'
    assert commands[0] == expected
