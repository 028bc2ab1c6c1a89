"""The generated configuration on a real Asterisk: started on, refused, applied, rolled back."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from callcenter.domain.site import Phone, Queue, Site, Trunk
from callcenter.pbx import confgen, runtime
from callcenter.pbx.confgen import generations, reload
from callcenter.settings import CHECKOUT
from tests.pbx.conftest import make_quiet, seat
from tests.pbx.talking import talk, wait_hears
from tests.stack import Stack
from tests.stack_site import SUPERVISOR_PHONE, stack_site

pytestmark = pytest.mark.pbx


@pytest.fixture(scope="module")
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A call centre whose hand-written files may be spoilt."""
    home = tmp_path_factory.mktemp("config")
    conf = home / "hand-written"
    shutil.copytree(CHECKOUT / "asterisk-conf", conf)
    with Stack(home, stack_site(), processes=(), asterisk_conf=str(conf)) as stack:
        yield stack


@pytest.fixture
def pbx(own_stack: Stack) -> Iterator[Stack]:
    """As it was at first, before and after."""
    yield own_stack
    make_quiet(own_stack)
    confgen.apply(own_stack.settings, own_stack.site)


def with_sales_desk(site: Site) -> Site:
    phone = Phone("288", "New", "secret288")
    queue = Queue("returns", "Returns", strategy="linear")
    return dataclasses.replace(site, phones=(*site.phones, phone), queues=(*site.queues, queue))


# pjproject's, of Asterisk's own logger: two of its threads, and a machine slow between them.
OF_PJPROJECT = "Enable PJSIP_SAFE_MODULE"


def complaints(stack: Stack) -> list[str]:
    full = (stack.settings.asterisk_log / "full").read_text()
    screen = (stack.settings.logs / "asterisk.log").read_text()
    lines = [line for line in (full + screen).splitlines() if OF_PJPROJECT not in line]
    return [line for line in lines if "WARNING[" in line or "ERROR[" in line]


def test_asterisk_starts_without_a_word_of_complaint(tmp_path: Path) -> None:
    with Stack(tmp_path, stack_site(), processes=()) as stack:
        assert complaints(stack) == []
        loaded = stack.asterisk("module show")
    assert int(loaded.rsplit("\n", 2)[-2].split()[0]) < 130
    for unwanted in ("chan_iax2", "res_ari.so", "app_system", "func_shell", "app_originate"):
        assert unwanted not in loaded


def test_check_finds_nothing_wrong_with_a_sound_site(pbx: Stack) -> None:
    assert confgen.check(pbx.settings, with_sales_desk(pbx.site)) == []


def test_apply_takes_effect_and_rollback_takes_it_back(pbx: Stack) -> None:
    applied = confgen.apply(pbx.settings, with_sales_desk(pbx.site))
    assert applied.changed == ("extensions.conf", "pjsip.conf", "queues.conf")
    assert "returns has" in pbx.asterisk("queue show")
    assert "288/288" in pbx.asterisk("pjsip show endpoints")
    pbx.bank.desk_phone("288", "secret288", pbx.sip_server)

    back = confgen.rollback(pbx.settings)
    assert back.generation < applied.generation
    assert "returns has" not in pbx.asterisk("queue show")
    assert "288/288" not in pbx.asterisk("pjsip show endpoints")


def test_back_to_what_a_version_before_rendered_that_had_a_file_less(pbx: Stack) -> None:
    before = generations.in_force(pbx.settings)
    (generations.folder(pbx.settings) / f"{before}" / "agents.conf").unlink()
    ann, *others = pbx.site.agents
    on_line = dataclasses.replace(ann, open_line=True)
    confgen.apply(pbx.settings, dataclasses.replace(pbx.site, agents=(on_line, *others)))
    assert ann.name in pbx.asterisk("agent show all")
    assert confgen.rollback(pbx.settings).generation == before
    assert ann.name not in pbx.asterisk("agent show all")


def test_phones_that_answer_by_themselves_are_told_to_and_no_others(pbx: Stack) -> None:
    desk = pbx.phone("201")
    told = {}
    for number in (SUPERVISOR_PHONE, "204"):
        ring = pbx.phone(number).next_call()
        placed = desk.call(number)
        told[number] = [each in ring().message for each in ("answer-after=0", "alert-autoanswer")]
        placed.hang_up()
    assert told == {SUPERVISOR_PHONE: [True, True], "204": [False, False]}


def test_only_what_changed_is_reloaded_and_nothing_when_nothing_changed(pbx: Stack) -> None:
    queues = (dataclasses.replace(pbx.site.queues[0], strategy="leastrecent"), *pbx.site.queues[1:])
    site = dataclasses.replace(pbx.site, queues=queues)
    assert confgen.apply(pbx.settings, site).reloaded == ("queue reload all",)
    assert confgen.apply(pbx.settings, site).reloaded == ()


def test_a_trunk_can_be_added_and_taken_away(pbx: Stack) -> None:
    trunk = Trunk("second", "Second", "127.0.0.9", register=True, username="u", secret="p")
    confgen.apply(pbx.settings, dataclasses.replace(pbx.site, trunks=(*pbx.site.trunks, trunk)))
    assert "127.0.0.9/32" in pbx.asterisk("pjsip show identifies")
    assert "trunk-second" in pbx.asterisk("pjsip show registrations")
    confgen.apply(pbx.settings, pbx.site)
    assert "127.0.0.9/32" not in pbx.asterisk("pjsip show identifies")
    assert "trunk-second" not in pbx.asterisk("pjsip show registrations")


def test_a_call_goes_on_through_apply_and_rollback(pbx: Stack) -> None:
    ann = seat(pbx, "1001")
    outside, inside = talk(pbx.caller("15550142"), ann)
    confgen.apply(pbx.settings, with_sales_desk(pbx.site))
    confgen.rollback(pbx.settings)
    assert outside.up
    assert inside.up
    wait_hears([outside, inside], [{ann.name}, {outside.phone.name}])
    assert "1001" in pbx.asterisk("queue show support")


@pytest.mark.parametrize(
    ("name", "line", "place"),
    [
        ("extensions.conf", "[cc-queue]\n", "extensions.conf:"),
        ("extensions.conf", "#include no-such-file.conf\n", "extensions.conf:"),
        ("extensions.conf", "[ours]\nexten => 901,1,Answre()\n", "extensions.conf:"),
        ("pjsip.conf", "[288]\ntype=endpoint\nno_such_option=1\n", "pjsip.conf"),
        ("queues.conf", "this is no line of a configuration\n", "queues.conf:"),
    ],
)
def test_a_bad_hand_written_line_is_refused_with_its_place(
    pbx: Stack, name: str, line: str, place: str
) -> None:
    path = pbx.settings.asterisk_conf / name
    before, in_force = path.read_text(), generations.in_force(pbx.settings)
    path.write_text(before + line)
    try:
        with pytest.raises(confgen.ConfigRefused) as refused:
            confgen.apply(pbx.settings, with_sales_desk(pbx.site))
    finally:
        path.write_text(before)
    assert any(place in problem.place for problem in refused.value.problems), str(refused.value)
    assert generations.in_force(pbx.settings) == in_force
    assert "returns has" not in pbx.asterisk("queue show")


def test_hand_written_lines_stay_and_work_beside_the_generated_ones(pbx: Stack) -> None:
    path = pbx.settings.asterisk_conf / "extensions.conf"
    before = path.read_text()
    path.write_text(before + "\n[ours]\nexten => 900,1,NoOp(hand-written)\n")
    try:
        assert confgen.check(pbx.settings, pbx.site) == []
        confgen.apply(pbx.settings, with_sales_desk(pbx.site))
        assert "hand-written" in pbx.asterisk("dialplan show ours")
        assert "hand-written" in path.read_text()
    finally:
        path.write_text(before)


def test_what_was_edited_by_hand_alone_is_shown_checked_and_read(pbx: Stack) -> None:
    path = pbx.settings.asterisk_conf / "extensions.conf"
    before = path.read_text()
    number = confgen.apply(pbx.settings, pbx.site).generation
    try:
        path.write_text(before + "\n[broken\n")
        with pytest.raises(confgen.ConfigRefused) as refused:
            confgen.apply(pbx.settings, pbx.site)
        assert refused.value.problems[0].place.startswith("extensions.conf:")
        path.write_text(before + "\n[ours]\nexten => 901,1,NoOp(edited)\n")
        assert "+exten => 901,1,NoOp(edited)" in confgen.diff(pbx.settings, pbx.site)
        result = confgen.apply(pbx.settings, pbx.site)
        assert result.changed == ("asterisk-conf/extensions.conf",)
        assert result.generation == number
        assert "edited" in pbx.asterisk("dialplan show ours")
        assert confgen.diff(pbx.settings, pbx.site) == ""
    finally:
        path.write_text(before)
    confgen.apply(pbx.settings, pbx.site)


def test_when_asterisk_does_not_take_it_the_old_files_are_back(
    pbx: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_force = generations.in_force(pbx.settings)
    monkeypatch.setitem(reload.COMMANDS, "queues.conf", "no such command")
    with pytest.raises(confgen.ConfigRefused, match="has the old one back"):
        confgen.apply(pbx.settings, with_sales_desk(pbx.site))
    assert generations.in_force(pbx.settings) == in_force
    assert "288/288" not in pbx.asterisk("pjsip show endpoints")


def test_without_a_running_asterisk_apply_only_swaps(tmp_path: Path) -> None:
    stack = Stack(tmp_path, stack_site(), processes=())
    stack.prepare()
    stack.close()
    result = confgen.apply(stack.settings, with_sales_desk(stack.site))
    assert result.reloaded == ()
    assert "[returns]" in (stack.settings.generated / "queues.conf").read_text()
    assert runtime.running_pid(stack.settings) is None
