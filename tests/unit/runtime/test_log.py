import io
import logging

from callcenter import log


def line_of(message: str, **fields: object) -> str:
    record = logging.makeLogRecord({"name": "room", "levelname": "INFO", "msg": message, **fields})
    return log.EventFormatter().format(record)


def test_event_with_fields() -> None:
    line = line_of("call_answered", call="pbx1-1.2", wait_seconds=3)
    assert line.endswith(" INFO call_answered call=pbx1-1.2 wait_seconds=3 logger=room")


def test_hostile_value_cannot_forge_a_line_or_a_field() -> None:
    line = line_of("call_arrived", name='x\n2026 ERROR forged by="eve"', number="1 a=b")
    assert "\n" not in line
    assert r'"x\n2026 ERROR forged by=\"eve\""' in line
    assert 'number="1 a=b"' in line


def test_message_of_a_library_is_quoted() -> None:
    assert ' "two\\nlines" ' in line_of("two\nlines")


def test_exception_is_shown() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(log.EventFormatter())
    logger = logging.Logger("room")
    logger.addHandler(handler)
    try:
        raise ValueError("broken")
    except ValueError:
        logger.exception("job_failed", extra={"job": "x"})
    assert "job_failed job=x" in stream.getvalue()
    assert "ValueError: broken" in stream.getvalue()
