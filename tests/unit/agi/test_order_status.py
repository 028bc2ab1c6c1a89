from __future__ import annotations

from callcenter.agi.server import FastAgiServer
from callcenter.settings import Settings
from tests.unit.agi.asterisk_side import Answer, converse


def typing(*numbers: str) -> Answer:
    left = list(numbers)

    def answer(command: str) -> str:
        if command.startswith("GET DATA"):
            return f"200 result={left.pop(0)}" if left else "200 result= (timeout)"
        return "200 result=0"

    return answer


def result(commands: list[str]) -> str:
    return commands[-1].removeprefix('SET VARIABLE "CC_RESULT" ').strip('"')


def test_the_status_of_the_order_is_spoken(server: FastAgiServer, settings: Settings) -> None:
    (settings.prompts / "order-shipped.wav").write_bytes(b"")
    commands = converse(server.address, "order_status.py", typing("4711"))
    assert result(commands) == "shipped"
    assert commands[2] == 'SAY DIGITS "4711" ""'
    assert commands[3].startswith(f"STREAM FILE {settings.prompts / 'order-shipped'} ")


def test_three_wrong_numbers_end_as_unknown(server: FastAgiServer) -> None:
    commands = converse(server.address, "order_status.py", typing("1", "2", "3", "4711"))
    assert result(commands) == "unknown"


def test_silence_ends_as_none(server: FastAgiServer) -> None:
    commands = converse(server.address, "order_status.py", typing())
    assert result(commands) == "none"
    assert len([each for each in commands if each.startswith("GET DATA")]) == 3
