"""What was answered to a survey's questions: counts for the board, and every answer for a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.db.models.dialing import DialAttemptRow, SurveyAnswerRow
from callcenter.domain.campaign import Campaign

AT_ONCE = 500


@dataclass(frozen=True)
class QuestionAnswers:
    name: str
    counts: dict[str, int]  # key → people; each key that is an answer, in the question's order

    @property
    def answered(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class SurveyedCall:
    placed_at: float
    number: str
    outcome: str
    answers: dict[str, str]  # question → key


def answer_counts(session: Session, campaign: Campaign) -> list[QuestionAnswers]:
    """Of all of the campaign's calls, in the order of its questions; then those no longer asked."""
    a, answer = DialAttemptRow, SurveyAnswerRow
    found = session.execute(
        select(answer.question, answer.key, func.count())
        .join(a, a.id == answer.attempt)
        .where(a.campaign == campaign.name)
        .group_by(answer.question, answer.key)
        .order_by(answer.question, answer.key)
    )
    counts = {each.name: dict.fromkeys(each.digits, 0) for each in campaign.questions}
    for question, key, people in found:
        counts.setdefault(question, {})[key] = int(people)
    return [QuestionAnswers(name, keys) for name, keys in counts.items()]


def surveyed_calls(session: Session, campaign: str) -> Iterator[SurveyedCall]:
    """Calls in which something was answered, oldest first."""
    a = DialAttemptRow
    after = (0.0, "")
    asked = select(SurveyAnswerRow.attempt)
    while True:
        rows = session.execute(
            select(a.id, a.reserved_at, a.placed_at, a.number, a.outcome)
            .where(
                a.campaign == campaign,
                a.id.in_(asked),
                (a.reserved_at > after[0]) | ((a.reserved_at == after[0]) & (a.id > after[1])),
            )
            .order_by(a.reserved_at, a.id)
            .limit(AT_ONCE)
        ).all()
        answers = _answers(session, [row.id for row in rows])
        for row in rows:
            at = row.placed_at or row.reserved_at
            yield SurveyedCall(at, row.number, row.outcome, answers[row.id])
        if len(rows) < AT_ONCE:
            return
        after = (rows[-1].reserved_at, rows[-1].id)


def _answers(session: Session, attempts: list[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {each: {} for each in attempts}
    answer = SurveyAnswerRow
    query = select(answer.attempt, answer.question, answer.key).where(answer.attempt.in_(attempts))
    for attempt, question, key in session.execute(query):
        found[attempt][question] = key
    return found
