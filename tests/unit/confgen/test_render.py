from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from callcenter.domain.site import Did, Phone, Site, Trunk
from callcenter.pbx.confgen import generations, render
from callcenter.pbx.confgen.check import _hide_secrets
from callcenter.pbx.confgen.handwritten import Line, problems, read
from callcenter.pbx.confgen.problems import Problem, of_log
from callcenter.pbx.confgen.text import UnsafeText
from callcenter.settings import CHECKOUT, Settings
from tests.stack_site import stack_site


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, asterisk_conf=CHECKOUT / "asterisk-conf", ami_secret="s")


def with_secrets(site: Site) -> Site:
    phones = tuple(dataclasses.replace(phone, secret="pw") for phone in site.phones)
    agents = tuple(dataclasses.replace(agent, pin="4711") for agent in site.agents)
    return dataclasses.replace(site, phones=phones, agents=agents)


def test_the_same_site_renders_the_same_text(settings: Settings) -> None:
    site = with_secrets(stack_site())
    assert render(site, settings) == render(site, settings)


def test_an_empty_site_renders(settings: Settings) -> None:
    assert "cc-from-trunk" in render(Site(), settings)["extensions.conf"]


@pytest.mark.parametrize("value", ["a\n[evil]", "x;y", "${SHELL(id)}"])
def test_a_secret_that_could_break_out_stops_the_rendering(settings: Settings, value: str) -> None:
    with pytest.raises(UnsafeText):
        render(Site(phones=(Phone("201", "A", secret=value),)), settings)


def test_a_hostile_name_stays_within_its_quotes(settings: Settings) -> None:
    phone = Phone("201", '"\n[evil]\ntype=endpoint;${SHELL(id)}', "pw")
    text = render(Site(phones=(phone,)), settings)["pjsip.conf"]
    assert '\ncallerid="evil type endpoint SHELL id" <201>\n' in text
    assert "[evil]" not in text


def test_no_pin_of_an_agent_stands_in_the_dialplan(settings: Settings) -> None:
    assert "4711" not in render(with_secrets(stack_site()), settings)["extensions.conf"]


def test_a_phone_is_known_by_password_and_a_trunk_by_address_only(settings: Settings) -> None:
    site = Site(phones=(Phone("201", "A", "pw"),), trunks=(Trunk("c", "C", "192.0.2.1"),))
    lines = list(read(render(site, settings)["pjsip.conf"], "pjsip.conf"))
    known = {line.section: line.value for line in lines if line.key == "identify_by"}
    assert known == {"201": "username", "trunk-c": "ip"}
    assert ("match", "192.0.2.1") in {(line.key, line.value) for line in lines}
    assert not [line for line in lines if line.section == "anonymous"]


def test_the_ami_user_may_not_run_commands(settings: Settings) -> None:
    lines = read(render(Site(), settings)["manager.conf"], "manager.conf")
    rights = {line.value for line in lines if line.key == "write"}
    assert rights == {"call,agent,originate,reporting"}


def test_a_did_with_plus_is_reached_without_it_too(settings: Settings) -> None:
    site = Site(dids=(Did("+3902123", "A", "hangup"), Did("3902123", "B", "phone:201")))
    text = render(site, settings)["extensions.conf"].partition("[cc-enter-trunk]")[0]
    assert text.count("exten => +3902123,1") == text.count("exten => 3902123,1") == 1


def test_the_digits_that_end_a_call_are_set_for_open_lines_and_taken_from_all_others(
    settings: Settings,
) -> None:
    """Whatever the owner's features.conf says: Asterisk's own default is `*`, and begins *2."""
    text = render(with_secrets(stack_site()), settings)["extensions.conf"]
    lines = list(read(text, "extensions.conf"))
    codes = {
        section: [each.value for each in lines if each.section == section]
        for section in ("cc-before-ring", "cc-dialer")
    }
    rung, line = "n,Set(FEATUREMAP(disconnect)=)", "n,Set(FEATUREMAP(disconnect)=*0)"
    steps = [each for each in codes["cc-before-ring"] if each]
    assert (steps[1], steps[-2:]) == (rung, [line, "n,Return()"])
    by_hand = next(n for n, each in enumerate(codes["cc-dialer"]) if ",TKH)" in each)
    chosen = '${IF($["${CHANNEL(channeltype)}" = "Local"]?*0:)}'
    assert codes["cc-dialer"][by_hand - 1] == f"n,Set(FEATUREMAP(disconnect)={chosen})"


# -- what people see of it


def test_a_diff_shows_that_a_secret_changed_but_not_which() -> None:
    before, after = (
        _hide_secrets("password=alpha\n201 => 1234,Ann\n"),
        _hide_secrets("password=beta\n"),
    )
    assert "alpha" not in before
    assert "1234" not in before
    assert before.splitlines()[0] != after.splitlines()[0]


# -- hand-written files


def hand(tmp_path: Path, name: str, text: str) -> list[Problem]:
    folder = tmp_path / "hand"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    generated = {
        "extensions.conf": "[cc-from-phone]\nexten => 201,1,NoOp()\n",
        "voicemail.conf": "[cc]\n201 => 1,Ann\n",
        "pjsip.conf": "[201]\ntype=endpoint\n",
    }
    return problems(folder, tmp_path, generated)


def test_a_clashing_context_is_reported_by_file_and_line(tmp_path: Path) -> None:
    [problem] = hand(tmp_path, "extensions.conf", "; mine\n\n[cc-from-phone]\n")
    assert problem.place == "extensions.conf:3"
    assert "[cc-from-phone] is generated" in problem.message


def test_a_clashing_extension_is_reported_and_a_new_one_is_not(tmp_path: Path) -> None:
    text = "[cc-from-phone](+)\nexten => 555,1,NoOp()\nexten => 201,1,NoOp()\n"
    [problem] = hand(tmp_path, "extensions.conf", text)
    assert problem.place == "extensions.conf:3"


def test_a_clashing_mailbox_and_endpoint_are_reported(tmp_path: Path) -> None:
    [mailbox] = hand(tmp_path, "voicemail.conf", "[cc]\n201 => 9,Other\n202 => 9,Fine\n")
    assert mailbox.place == "voicemail.conf:2"
    (tmp_path / "hand/voicemail.conf").unlink()
    [endpoint] = hand(tmp_path, "pjsip.conf", "[202]\ntype=endpoint\n[201]\ntype=endpoint\n")
    assert endpoint.place == "pjsip.conf:3"


def test_includes_that_lead_nowhere_are_reported_also_from_included_files(tmp_path: Path) -> None:
    (tmp_path / "mine.conf").write_text("[cc-from-phone]\n")
    text = (
        "#include mine.conf\n#include gone.conf\n#tryinclude gone.conf\n#include generated/x.conf\n"
    )
    places = [problem.place for problem in hand(tmp_path, "extensions.conf", text)]
    assert places == ["extensions.conf:2", "extensions.conf:4", "mine.conf:1"]


def test_lines_are_read_with_their_section() -> None:
    assert list(read("[a](+)\nb => c,1 ; d\n", "f"))[1] == Line("f:2", "a", "b", "c,1", True)


# -- Asterisk's own words


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (
            "[2026] ERROR[1]: config.c:2100 process_text_line: parse error: No category context for"
            " line 3 of /x/etc/generated/queues.conf",
            "/x/etc/generated/queues.conf:3",
        ),
        (
            "[2026] ERROR[12] res_sorcery_config.c: Could not create an object of type 'endpoint'"
            " with id '201' from configuration file 'pjsip.conf'",
            "pjsip.conf",
        ),
    ],
)
def test_what_asterisk_says_of_a_file_is_a_problem_with_its_place(line: str, place: str) -> None:
    assert [problem.place for problem in of_log([line, line])] == [place]


@pytest.mark.parametrize(
    "line",
    [
        "[2026] WARNING[1][C-00000003] res_agi.c: Connecting to '127.0.0.1:1' failed",
        "[2026] NOTICE[1] config.c: fine",
        "[2026] WARNING[1] res_pjsip/config.c: Failed to resolve carrier.example in pjsip.conf",
    ],
)
def test_troubles_of_the_network_are_not_the_files(line: str) -> None:
    assert of_log([line]) == []


# -- generations


def test_the_link_is_swapped_and_swapped_back(settings: Settings) -> None:
    settings.etc.mkdir(parents=True)
    first = generations.write(settings, {"a.conf": "1"})
    generations.put_in_force(settings, first)
    second = generations.write(settings, {"a.conf": "2"})
    assert (settings.generated / "a.conf").read_text() == "1"
    generations.put_in_force(settings, second)
    assert (settings.generated / "a.conf").read_text() == "2"
    generations.step_back(settings)
    assert generations.in_force(settings) == first
    assert generations.history(settings) == [first]


def test_old_generations_go_but_never_one_to_roll_back_to(settings: Settings) -> None:
    settings.etc.mkdir(parents=True)
    made = [generations.write(settings, {"a.conf": str(n)}) for n in range(generations.KEPT + 5)]
    generations.put_in_force(settings, made[0])
    generations.put_in_force(settings, made[-1])
    generations.forget_old(settings)
    assert generations.numbers(settings) == [made[0], *made[-generations.KEPT :]]


def test_rendered_files_are_not_for_everybody(settings: Settings) -> None:
    number = generations.write(settings, {"pjsip.conf": "password=x"})
    path = generations.folder(settings) / str(number) / "pjsip.conf"
    assert path.stat().st_mode & 0o007 == 0


def test_agents_on_an_open_line_stand_in_agents_conf_and_no_others(settings: Settings) -> None:
    ann, *others = with_secrets(stack_site()).agents
    site = dataclasses.replace(
        with_secrets(stack_site()), agents=(dataclasses.replace(ann, open_line=True), *others)
    )
    files = render(site, settings)
    agents = {line.section for line in read(files["agents.conf"], "agents.conf")}
    held = [line for line in read(files["extensions.conf"], "x")
            if line.section == "cc-agent-open-line" and line.key == "exten"]  # fmt: skip
    assert agents == {"1001"}
    assert [line.value for line in held] == ["h,1,NoOp()", "1001,1,NoOp()"]
