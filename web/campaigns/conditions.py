"""The questions a condition on leads is put together with, outside the campaign's form."""

from __future__ import annotations

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from callcenter.dialer.leads.conditions import parse
from callcenter.domain.campaign import Campaign
from callcenter.domain.errors import InvalidInput
from callcenter.domain.site import Site
from web.campaigns.subject import condition_asks, condition_of
from web.site.ask import Part, Subject
from web.site.controls import Control, draw
from web.site.form import compacted, values_of


def condition_control(session: Session, typed: MultiDict[str, str]) -> list[Control]:
    subject = _subject(session)
    texts = compacted(subject, typed)
    texts.setdefault("filter_join", "all")
    extra = typed.get("add_row", "")
    (part,) = draw(subject, Site(), texts, {}, is_new=True, extra_rows=extra)
    return part.controls


def read_condition(session: Session, typed: MultiDict[str, str]) -> str:
    """The condition's JSON, checked. Raises InvalidInput."""
    subject = _subject(session)
    values, problems = values_of(subject, Campaign, compacted(subject, typed))
    if problems:
        raise InvalidInput(problems[0].message)
    condition = condition_of(values)
    parse(condition)
    return condition


def _subject(session: Session) -> Subject:
    from web.campaigns.campaigns import custom_fields

    asks = condition_asks(custom_fields(session))
    return Subject("", "", "", "", "", "", (), (Part("", asks),), key="name")
