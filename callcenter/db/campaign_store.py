"""Keeping campaigns: loaded as one value each, saved whole. The caller opens the transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnExpressionArgument, delete, insert, select, update
from sqlalchemy.orm import Session

from callcenter.db.models.campaigns import CampaignListRow, CampaignRow, LeadListRow
from callcenter.db.models.leads import LeadRow
from callcenter.db.models.permissions import CallbackRow
from callcenter.domain.campaign import Campaign, CampaignState
from callcenter.domain.campaign_document import from_plain, to_plain
from callcenter.domain.errors import CallcenterError, Conflict, NotFound

EDITED_MEANWHILE = "somebody else saved this campaign meanwhile; load it again and repeat"
_UNREADABLE = (
    "campaign {} cannot be read: {}. Was it saved by a newer version? Then restart every process, "
    "else save it anew (“callcenter campaign import”), or pause or delete it"
)
_OWN_COLUMNS = ("name", "title", "mode", "state", "queue", "priority")


class CampaignUnreadable(CallcenterError):
    """It is there, and this version does not know what it says."""


@dataclass(frozen=True)
class Unreadable:
    """A campaign that this version cannot read: a newer one saved it, or a hand did."""

    name: str
    title: str
    state: str
    queue: str
    why: str


def read_campaigns(session: Session) -> tuple[tuple[Campaign, ...], tuple[Unreadable, ...]]:
    """Those that can be read, and those that cannot: one of them must not take the others along.
    The more important ones first."""
    in_order = (CampaignRow.priority.desc(), CampaignRow.name)
    query = select(CampaignRow).execution_options(populate_existing=True)
    try:
        rows = session.scalars(query.order_by(*in_order)).all()
        return tuple(_campaign(row) for row in rows), ()
    except (CampaignUnreadable, ValueError):  # rare: then one by one
        return _read_one_by_one(session, in_order)


def _read_one_by_one(
    session: Session, in_order: tuple[ColumnExpressionArgument[Any], ...]
) -> tuple[tuple[Campaign, ...], tuple[Unreadable, ...]]:
    row, found, unreadable = CampaignRow, [], []
    query = select(row.name, row.title, row.state, row.queue)
    for head in session.execute(query.order_by(*in_order)).all():
        try:
            campaign = find_campaign(session, head.name)
        except CampaignUnreadable as error:
            unreadable.append(Unreadable(*head, str(error)))
        else:
            found += [campaign] if campaign else []
    return tuple(found), tuple(unreadable)


def load_campaigns(session: Session) -> tuple[Campaign, ...]:
    """All that can be read, the more important ones first."""
    return read_campaigns(session)[0]


def campaign_names(session: Session) -> frozenset[str]:
    return frozenset(session.scalars(select(CampaignRow.name)))


def find_head(session: Session, name: str) -> tuple[str, str] | None:
    """State and queue, also of one that cannot be read."""
    query = select(CampaignRow.state, CampaignRow.queue).where(CampaignRow.name == name)
    found = session.execute(query).one_or_none()
    return found and (found.state, found.queue)


def load_campaign(session: Session, name: str) -> Campaign:
    return load_versioned(session, name)[0]


def find_campaign(session: Session, name: str) -> Campaign | None:
    """Raises CampaignUnreadable."""
    found = _find(session, name)
    return found[0] if found else None


def is_readable(session: Session, name: str) -> bool:
    try:
        return _find(session, name) is not None
    except CallcenterError:
        return False


def load_versioned(session: Session, name: str) -> tuple[Campaign, int]:
    """The campaign and the version to hand back when saving."""
    found = _find(session, name)
    if found is None:
        raise NotFound(f"there is no campaign {name}")
    return found


def save_campaign(
    session: Session, campaign: Campaign, now: float, *, expected_version: int | None = None
) -> int:
    """Adds or changes one; the new version. Judge it by `campaign_rules` before.

    Raises Conflict when somebody saved since `expected_version` was loaded (0: it is to be new).
    """
    row = session.get(CampaignRow, campaign.name, populate_existing=True)
    present = row.version if row else 0
    if expected_version is not None and expected_version != present:
        raise Conflict(
            EDITED_MEANWHILE if row else f"there is no campaign {campaign.name} any more"
        )
    values = {name: getattr(campaign, name) for name in _OWN_COLUMNS}
    plain = {key: each for key, each in to_plain(campaign).items() if key not in _OWN_COLUMNS}
    values |= {"settings": plain, "changed_at": now, "version": present + 1}
    if row is None:
        session.execute(insert(CampaignRow).values(**values, made_at=now))
    else:
        _update(session, campaign.name, present, values)
    _save_lists(session, campaign)
    return present + 1


def set_state_unread(session: Session, name: str, state: CampaignState, now: float) -> None:
    """Of one that cannot be read: its settings stay as they are, for the version that can."""
    row = CampaignRow
    changed = {"state": state, "changed_at": now, "version": row.version + 1}
    session.execute(update(row).where(row.name == name).values(changed))


def delete_campaign(session: Session, name: str) -> None:
    """Attempts stay: they are evidence. Callbacks it promised are taken back, or a later campaign
    of the same name would make them. Raises Conflict while it runs."""
    state = session.scalar(select(CampaignRow.state).where(CampaignRow.name == name))
    if state is None:
        raise NotFound(f"there is no campaign {name}")
    if state == "running" and is_readable(session, name):
        raise Conflict(f"campaign {name} is running; pause it before you delete it")
    promised = (CallbackRow.campaign == name) & (CallbackRow.state == "open")
    session.execute(update(CallbackRow).where(promised).values(state="cancelled"))
    session.execute(delete(CampaignRow).where(CampaignRow.name == name))


def _update(session: Session, name: str, version: int, values: Mapping[str, object]) -> None:
    query = update(CampaignRow).where(CampaignRow.name == name, CampaignRow.version == version)
    if session.execute(query.values(**values)).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(EDITED_MEANWHILE)


def _save_lists(session: Session, campaign: Campaign) -> None:
    """The lists by name, and leads put aside under other settings are looked at again."""
    names = [share.list for share in campaign.lists]
    found = select(LeadListRow.name, LeadListRow.id).where(LeadListRow.name.in_(names))
    ids = {row.name: row.id for row in session.execute(found)}
    unknown = [name for name in names if name not in ids]
    if unknown:
        raise NotFound(f"there is no lead list {unknown[0]}; make it before the campaign uses it")
    session.execute(delete(CampaignListRow).where(CampaignListRow.campaign == campaign.name))
    for position, share in enumerate(campaign.lists):
        session.execute(
            insert(CampaignListRow).values(
                campaign=campaign.name,
                list_id=ids[share.list],
                position=position,
                weight=share.weight,
            )
        )
    aside = LeadRow.list_id.in_(list(ids.values())) & (LeadRow.skip_until > 0)
    session.execute(update(LeadRow).where(aside).values(skip_until=0.0))


def _find(session: Session, name: str) -> tuple[Campaign, int] | None:
    try:
        row = session.get(CampaignRow, name, populate_existing=True)
    except ValueError as error:  # the settings are no JSON: SQLite does not look
        raise CampaignUnreadable(_UNREADABLE.format(name, error)) from error
    if row is None:
        return None
    return _campaign(row), row.version


def _campaign(row: CampaignRow) -> Campaign:
    own = {name: getattr(row, name) for name in _OWN_COLUMNS}
    settings = row.settings if isinstance(row.settings, dict) else {"settings": row.settings}
    campaign, problems = from_plain(settings | own)
    if campaign is None:
        raise CampaignUnreadable(_UNREADABLE.format(row.name, problems[0]))
    return campaign
