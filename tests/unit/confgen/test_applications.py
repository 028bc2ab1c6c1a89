"""An application that Asterisk does not have is told by file and line."""

from __future__ import annotations

from callcenter.pbx.confgen.applications import listed, problems
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
