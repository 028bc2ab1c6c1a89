from callcenter.demo.runner import met_visitor

CALL = {"state": "talking", "direction": "inbound", "phone": "210", "caller_number": "12025550100"}


def test_only_callers_whom_a_visitors_phone_answered_are_told():
    assert met_visitor(CALL)
    for other in (
        {"phone": "201"},
        {"phone": None},
        {"state": "waiting"},
        {"direction": "internal"},
        {"caller_number": "1;core stop now"},
    ):
        assert not met_visitor(CALL | other)
