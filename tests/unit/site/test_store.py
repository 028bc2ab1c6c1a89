"""The store, on SQLite and PostgreSQL: exact, whole or not at all, and no edit lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from callcenter.db.engine import open_engine, sessions
from callcenter.db.models import Base
from callcenter.db.models.audit import AuditEntryRow
from callcenter.db.models.users import UserRow
from callcenter.db.site_store import load_site, load_versioned, save_site
from callcenter.domain.errors import Conflict, InvalidInput
from callcenter.domain.site import Site, User
from callcenter.domain.site_rules import UnsoundSite
from tests.unit.site.small import SMALL, changed

Sessions = sessionmaker[Session]


@pytest.fixture
def opened(database_url: str) -> Iterator[Sessions]:
    engine = open_engine(database_url)
    Base.metadata.create_all(engine)
    yield sessions(engine)
    engine.dispose()


def save(opened: Sessions, site: Site, version: int | None = None) -> None:
    with opened.begin() as session:
        save_site(session, site, "ann", expected_version=version, at=1764000000.5)


def load(opened: Sessions) -> Site:
    with opened() as session:
        return load_site(session)


def test_an_unsaved_site_is_empty(opened: Sessions) -> None:
    with opened() as session:
        assert load_versioned(session) == (Site(), 0)


def test_a_site_comes_back_as_it_was_saved_also_after_changes_and_reordering(
    opened: Sessions,
) -> None:
    save(opened, SMALL)
    assert load(opened) == SMALL
    second = replace(
        changed("menus", 0, options=SMALL.menus[0].options[:1], direct_dial=True),
        phones=SMALL.phones[::-1],
        agents=(replace(SMALL.agents[0], queues=()),),
        queues=SMALL.queues[::-1],
        pause_reasons=("Tea", "Training"),
        working_pause_reasons=("Training",),
    )
    save(opened, second)
    assert load(opened) == second


def test_an_unsound_site_changes_nothing(opened: Sessions) -> None:
    save(opened, SMALL)
    with pytest.raises(UnsoundSite, match=r"dids\.\+39021234\.destination"):
        save(opened, changed("dids", 0, destination="menu:gone"))
    assert load(opened) == SMALL


def test_only_the_difference_is_written_and_audited_without_secrets(opened: Sessions) -> None:
    save(opened, SMALL)
    with opened.begin() as session:
        before = session.scalars(select(AuditEntryRow.id)).all()
        saved = save_site(session, changed("phones", 0, secret="another-secret-1"), "bo", at=2.0)
        assert [str(change) for change in saved.changes] == ["phones.201 changed (secret)"]
    with opened() as session:
        query = select(AuditEntryRow).where(AuditEntryRow.id.not_in(before))
        entries = session.scalars(query).all()
    assert [(e.at, e.by, e.action, e.subject, e.detail) for e in entries] == [
        (2.0, "bo", "site_changed", "phones.201", "secret")
    ]


def test_saving_the_same_again_raises_no_version(opened: Sessions) -> None:
    save(opened, SMALL)
    save(opened, SMALL)
    with opened() as session:
        assert load_versioned(session)[1] == 1


def test_a_second_admin_cannot_undo_what_they_have_not_seen(opened: Sessions) -> None:
    save(opened, SMALL)
    save(opened, changed("queues", 0, title="First"), version=1)
    with pytest.raises(Conflict, match="somebody else saved"):
        save(opened, changed("queues", 1, title="Second"), version=1)
    assert load(opened).queues[0].title == "First"


def test_two_saves_that_read_the_same_version_cannot_both_win(opened: Sessions) -> None:
    save(opened, SMALL)
    with opened() as slow:
        present, version = load_versioned(slow)
        slow.rollback()  # it has read; now another writer comes first
        save(opened, changed("queues", 0, title="First"))
        with pytest.raises(Conflict):
            save_site(slow, replace(present, name="Late"), "bo", expected_version=version)
        slow.rollback()
    assert load(opened).name == SMALL.name


def test_users_keep_their_password_and_the_last_admin_stays(opened: Sessions) -> None:
    save(opened, SMALL)
    with opened.begin() as session:
        ann = session.scalars(select(UserRow).where(UserRow.username == "ann")).one()
        ann.password_hash = "kept"
    save(opened, changed("users", 0, name="Ann Other"))
    with opened() as session:
        ann = session.scalars(select(UserRow).where(UserRow.username == "ann")).one()
        assert (ann.password_hash, ann.name) == ("kept", "Ann Other")
    with pytest.raises(InvalidInput, match="at least one admin"):
        save(opened, replace(SMALL, users=(User("bo", "Bo", "agent"),)))


def test_missing_secrets_are_made_once_and_kept(opened: Sessions) -> None:
    bare = replace(changed("phones", 0, secret=""), agents=(replace(SMALL.agents[0], pin=""),))
    save(opened, bare)
    first = load(opened)
    assert len(first.phones[0].secret) == 24
    assert len(first.agents[0].pin) == 6
    save(opened, bare)
    assert load(opened) == first
