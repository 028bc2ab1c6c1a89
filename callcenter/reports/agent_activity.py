"""An agent's time as a picture: each stretch ready, ringing, on a call, in wrap-up or paused."""

from __future__ import annotations

from sqlalchemy.orm import Session

from callcenter.domain.errors import InvalidInput
from callcenter.reports.agent_states import Span, state_spans
from callcenter.reports.asked import Asked

MOST_SECONDS = 8 * 86_400


def run(session: Session, asked: Asked) -> list[Span]:
    if asked.until - asked.since > MOST_SECONDS:
        raise InvalidInput("choose a week at most: this report shows every single stretch")
    return state_spans(session, asked)
