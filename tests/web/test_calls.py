"""The call list and the call page in a real browser, and the recording over HTTP."""

from __future__ import annotations

import csv
import io
import wave

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from callcenter.db.engine import open_engine, sessions
from callcenter.db.models.audit import AuditEntryRow
from tests.stack import eventually
from tests.web.call_books import RECORDED_SECONDS, fill_books
from tests.web.conftest import SignIn
from tests.web.stack import WebStack

pytestmark = pytest.mark.browser


@pytest.fixture
def call_id(stack: WebStack) -> str:
    return fill_books(stack.settings)


def test_the_list_filters_sorts_and_links(stack: WebStack, call_id: str, signed_in: SignIn) -> None:
    page = signed_in("sue")
    page.goto(f"{stack.address}/calls/")
    rows = page.locator("table.calls tbody tr")
    expect(rows).to_have_count(8)
    expect(rows.filter(has_text="Eve, O'Neil <script>").first).to_be_visible()
    page.select_option("[name=outcome]", "abandoned")
    page.click("text=Show >> visible=true")
    expect(rows).to_have_count(1)
    page.goto(f"{stack.address}/calls/?agent=1002&sort=talk&order=up")
    expect(rows).to_have_count(1)
    page.click("table.calls tbody a >> nth=0")
    expect(page.locator(".timeline")).to_contain_text("Bo Berg put the caller on hold")
    assert page.goto(f"{stack.address}/calls/?sort=id;drop").status == 400  # type: ignore[union-attr]


def test_an_agent_sees_only_their_own_calls(
    stack: WebStack, call_id: str, signed_in: SignIn
) -> None:
    page = signed_in("bo")
    page.goto(f"{stack.address}/calls/?agent=1001")
    expect(page.locator("table.calls tbody tr")).to_have_count(1)
    for path in ("", "/recording.wav", "/peaks.json"):
        answer = page.request.get(f"{stack.address}/calls/{call_id}{path}")
        assert answer.status == 404
    assert page.request.get(f"{stack.address}/calls/unreconciled").status == 403


def test_csv_has_the_rows_of_the_filter(stack: WebStack, call_id: str, signed_in: SignIn) -> None:
    page = signed_in("sue")
    answer = page.request.get(f"{stack.address}/calls.csv?direction=inbound")
    rows = list(csv.DictReader(io.StringIO(answer.text())))
    assert len(rows) == 7
    assert call_id in {row["id"] for row in rows}


def test_the_recording_comes_whole_and_in_parts_and_each_listen_is_audited(
    stack: WebStack, call_id: str, signed_in: SignIn
) -> None:
    page = signed_in("sue")
    address = f"{stack.address}/calls/{call_id}/recording.wav"
    whole = page.request.get(address)
    with wave.open(io.BytesIO(whole.body())) as sound:
        assert (sound.getnchannels(), sound.getframerate()) == (2, 8000)
        assert sound.getnframes() == RECORDED_SECONDS * 8000
    part = page.request.get(address, headers={"Range": "bytes=10-1009"})
    assert part.status == 206
    assert part.body() == whole.body()[10:1010]
    tail = page.request.get(address, headers={"Range": "bytes=-100"})
    assert tail.body() == whole.body()[-100:]
    for wrong in ("bytes=999999999-", "bytes=5-1"):
        assert page.request.get(address, headers={"Range": wrong}).status in (200, 416)
    engine = open_engine(stack.settings.database)
    with sessions(engine).begin() as session:
        listens = select(func.count()).where(
            AuditEntryRow.action == "listen_recording", AuditEntryRow.subject == call_id
        )
        assert session.scalar(listens) == 1
    engine.dispose()


def test_the_player_seeks_and_changes_speed(
    stack: WebStack, call_id: str, signed_in: SignIn
) -> None:
    page = signed_in("sue")
    page.goto(f"{stack.address}/calls/{call_id}")
    expect(page.locator("[data-length]")).to_have_text("0:10")
    assert _bars_drawn(page) > 1000
    audio = page.locator("[data-audio]")
    for speed in (2, 0.75):
        page.select_option("[data-speed]", str(speed))
        assert audio.evaluate("sound => sound.playbackRate") == speed
    page.click("[data-play]")
    expect(page.locator("[data-play-word]")).to_have_text("Pause")
    page.click("[data-play]")
    expect(page.locator("[data-play-word]")).to_have_text("Play")
    page.fill("[data-seek]", "6")
    expect(page.locator("[data-now]")).to_have_text("0:06")
    length = pytest.approx(RECORDED_SECONDS)
    eventually(lambda: audio.evaluate("sound => sound.duration") == length, 10, "its sound")


def _bars_drawn(page: Page) -> int:
    return int(
        page.locator("[data-wave]").evaluate(
            """canvas => canvas.getContext("2d")
                 .getImageData(0, 0, canvas.width, canvas.height)
                 .data.filter((value, place) => place % 4 === 3 && value > 0).length"""
        )
    )


@pytest.mark.parametrize("name", ["../../../etc/passwd", "/etc/passwd", "2026/x.wav", ""])
def test_a_recording_name_never_leaves_its_folder(name: str, stack: WebStack) -> None:
    from callcenter.domain.errors import NotFound
    from callcenter.reports.recordings import recording_path

    with pytest.raises(NotFound):
        recording_path(stack.settings.recordings, name)
