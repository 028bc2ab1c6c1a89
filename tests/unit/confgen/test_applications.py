"""An application that Asterisk does not have is told by file and line."""

from __future__ import annotations

from callcenter.pbx.confgen.applications import listed, missing_for_open_lines, problems
from callcenter.pbx.confgen.handwritten import read

SHOWN = """    -= Registered Asterisk Applications =-
                  Answer: Answer a channel if ringing.
                    Dial: Attempt to connect to another device or endpoint.
                    NoOp: Do Nothing (No Operation).
    -= 3 Applications Registered =-
"""
WRITTEN = """[ours]
exten => 900,1,NoOp(one, two)
 same => n,ANSWER()
 same => n(here),Answre()
exten => _9X.,n,Dail(PJSIP/${EXTEN})
exten => 901,hint,PJSIP/201
exten => 902,1,NoOp
 same=n,${APP}(x)
include => other
; exten => 903,1,Nothing()
"""


def test_only_unknown_applications_are_told_with_what_was_meant() -> None:
    found = [str(each) for each in problems(read(WRITTEN, "extensions.conf"), listed(SHOWN))]
    assert found == [
        "extensions.conf:4: there is no application Answre in this Asterisk; did you mean Answer?",
        "extensions.conf:5: there is no application Dail in this Asterisk; did you mean Dial?",
    ]


def test_nothing_is_judged_when_asterisk_listed_nothing() -> None:
    assert list(problems(read(WRITTEN, "extensions.conf"), listed(""))) == []


def test_agents_on_an_open_line_need_modules_that_an_older_modules_conf_does_not_load() -> None:
    nobody, one = read("; empty\n", "agents.conf"), "[1001]\nfullname=Ada\n"
    known = listed(SHOWN + "  SoftHangup: Hangs up the requested channel.\n")
    assert missing_for_open_lines(nobody, known) == []
    [told] = missing_for_open_lines(read(one, "agents.conf"), known)
    assert told.place == "modules.conf"
    assert "load=app_agent_pool.so" in told.message
    both = known | {"AgentLogin"}
    assert missing_for_open_lines(read(one, "agents.conf"), both) == []
