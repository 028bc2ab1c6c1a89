"""What became of an attempt, by the facts that a real Asterisk wrote of such calls."""

import pytest

from callcenter.dialing.outcome import GAVE_UP, HUNG_UP, outcome_of_attempt
from callcenter.ledger.facts import CEL, Fact

CALL = "pbx1-0123456789abcdef0123456789abcdef-1795405512.0"
TRUNK = "PJSIP/trunk-town-00000001"


def fact(at, event, uniqueid=CALL, channel=TRUNK, **fields):
    values = {"channel": channel, "linkedid": CALL, **fields}
    return Fact(CEL, f"{event}{at}{uniqueid}", at, event, uniqueid, CALL, "", values)


def step(at, text):
    return fact(at, "CC_STEP", extra=f'{{"extra":"{text}"}}', user_event="CC_STEP")


def hangup(at, cause, uniqueid=CALL, channel=TRUNK):
    return fact(at, "HANGUP", uniqueid, channel, extra=f'{{"hangupcause":{cause}}}')


START = fact(100.0, "CHAN_START")
ANSWER = fact(105.0, "ANSWER")
PERSON = step(106.8, "machine-detection|human|1800 HUMAN-806-800")
MACHINE = step(107.1, "machine-detection|machine|2100 MAXWORDS-4-3")
AGENT = fact(106.9, "BRIDGE_ENTER", extra='{"bridge_id":"b"}')
MESSAGE = step(108.8, "campaign-message|sorry|abandoned")


@pytest.mark.parametrize(
    ("facts", "outcome", "cause"),
    [
        ((START, hangup(104, 17)), "busy", "17"),
        ((START, hangup(125, 19)), "no-answer", "19"),
        ((START, hangup(101, 1)), "failed", "1"),
        ((START, ANSWER, PERSON, AGENT, hangup(200, 16)), "connected", "16"),
        ((START, ANSWER, PERSON, MESSAGE, hangup(112, 16)), "abandoned", "16"),
        (
            (START, ANSWER, PERSON, MESSAGE, step(110, "opt-out|c|a"), hangup(112, 16)),
            "abandoned",
            "16",
        ),
        ((START, ANSWER, step(107, "opt-out|c|a"), hangup(112, 16)), "opted-out", HUNG_UP),
        ((START, ANSWER, MACHINE, hangup(107.2, 16)), "machine", "16"),
        (
            (START, ANSWER, MACHINE, step(120, "campaign-message|m|machine"), hangup(125, 16)),
            "machine-message",
            "16",
        ),
        ((START, ANSWER, hangup(105.9, 16)), "no-answer", HUNG_UP),
        (
            (START, ANSWER, step(106, "campaign-message|m|broadcast"), hangup(112, 16)),
            "connected",
            "16",
        ),
        ((START,), "lost", "cut"),
    ],
)
def test_outcomes(facts, outcome, cause):
    became = outcome_of_attempt(CALL, "predictive", reversed(facts), cut_at=300.0)
    assert (became.outcome, became.cause) == (outcome, cause)


def test_instants_are_those_of_the_facts_and_the_greeting_ends_where_silence_began():
    became = outcome_of_attempt(
        CALL, "predictive", (START, ANSWER, PERSON, AGENT, hangup(200, 16)), None
    )
    assert (became.answered_at, became.agent_on_at, became.ended_at) == (105.0, 106.9, 200)
    assert became.greeting_end_at == pytest.approx(106.0)
    assert (became.verdict, became.verdict_ms) == ("human", 1800)


def test_without_detection_the_greeting_ends_with_the_answer():
    became = outcome_of_attempt(CALL, "power", (START, ANSWER, AGENT, hangup(200, 16)), None)
    assert became.greeting_end_at == became.answered_at == 105.0


def test_an_opt_out_in_the_abandoned_message_is_both():
    facts = (START, ANSWER, MESSAGE, step(110, "opt-out|c|a"), hangup(112, 16))
    became = outcome_of_attempt(CALL, "power", facts, None)
    assert (became.outcome, became.opted_out) == ("abandoned", True)


def test_by_hand_the_leads_channel_is_the_trunks():
    phone = fact(100.0, "CHAN_START", channel="PJSIP/203-00000001")
    lead = "pbx1-1795405512.8"
    dialed = fact(101.0, "CHAN_START", lead)
    answered = fact(105.0, "ANSWER", lead)
    bridged = fact(105.1, "BRIDGE_ENTER", lead, extra='{"bridge_id":"b"}')
    ends = (hangup(130, 16, lead), hangup(130, 16, CALL, "PJSIP/203-00000001"))
    became = outcome_of_attempt(CALL, "preview", (phone, dialed, answered, bridged, *ends), None)
    assert (became.outcome, became.answered_at, became.agent_on_at) == ("connected", 105.0, 105.1)
    nobody = outcome_of_attempt(CALL, "preview", (phone, ends[1]), None)
    assert nobody.outcome == "unplaced"


def test_a_call_that_cel_does_not_know_is_not_judged():
    assert outcome_of_attempt(CALL, "power", (), None) is None


@pytest.mark.parametrize(
    ("mode", "hung_up_at", "outcome", "cause"),
    [
        ("predictive", 107.99, "no-answer", HUNG_UP),  # the greeting ended at 106.0
        ("predictive", 108.0, "abandoned", GAVE_UP),
        ("progressive", 120.0, "abandoned", GAVE_UP),
        ("broadcast", 120.0, "no-answer", HUNG_UP),  # nobody was promised an agent
    ],
)
def test_who_gives_up_waiting_after_the_patience_was_abandoned(mode, hung_up_at, outcome, cause):
    facts = (START, ANSWER, PERSON, hangup(hung_up_at, 16))
    became = outcome_of_attempt(CALL, mode, facts, None, patience_seconds=2.0)
    assert (became.outcome, became.cause) == (outcome, cause)
