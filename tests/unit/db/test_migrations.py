"""The steps lead exactly to what the models say, on both databases."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
    Column,
    Engine,
    ForeignKey,
    Inspector,
    Integer,
    String,
    Table,
    inspect,
    select,
)
from sqlalchemy.engine.interfaces import ReflectedIndex

from callcenter.db import migrations
from callcenter.db.engine import open_engine, sessions
from callcenter.db.models import (
    Base,
    CallbackRow,
    DialAttemptRow,
    LeadListRow,
    LeadRow,
    UserRow,
    WebSessionRow,
)
from callcenter.domain.errors import Conflict


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    opened = open_engine(empty_database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def steps_to_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the steps that a test may add to."""
    copy = tmp_path / "migrations"
    shutil.copytree(migrations.FOLDER, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrations, "FOLDER", copy)
    return copy


@pytest.fixture
def new_table() -> Iterator[Table]:
    """A table that some model has gained and no step makes yet."""
    table = Table(
        "things",
        Base.metadata,
        Column("id", Integer, primary_key=True),
        Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), index=True),
        Column("name", String(20), nullable=False, unique=True),
    )
    yield table
    Base.metadata.remove(table)


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def described(engine: Engine) -> dict[str, dict[str, object]]:
    """What the database itself says of every table. Order among constraints means nothing."""
    with engine.connect() as connection:
        look = inspect(connection)
        tables = [name for name in look.get_table_names() if name != "alembic_version"]
        return {table: described_table(look, table) for table in tables}


def described_table(look: Inspector, table: str) -> dict[str, object]:
    columns = look.get_columns(table)
    return {
        "columns": [(c["name"], repr(c["type"]), c["nullable"], c["default"]) for c in columns],
        "key": look.get_pk_constraint(table),
        "foreign keys": sorted(map(repr, look.get_foreign_keys(table))),
        "unique": sorted(map(repr, look.get_unique_constraints(table))),
        "checks": sorted(map(repr, look.get_check_constraints(table))),
        "indexes": sorted(map(_index, look.get_indexes(table))),
    }


def _index(found: ReflectedIndex) -> str:
    """The condition of a partial one as text."""
    options = {name: str(value) for name, value in found.get("dialect_options", {}).items()}
    return repr({**found, "dialect_options": options})


def test_steps_lead_to_the_models(engine: Engine) -> None:
    migrations.upgrade(engine)
    assert differences(engine) == []


def test_the_database_cannot_be_told_from_one_made_by_the_models(engine: Engine) -> None:
    """More than Alembic compares: check constraints, delete rules, names, the order of keys."""
    migrations.upgrade(engine)
    by_steps = described(engine)
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    assert set(by_steps) == set(Base.metadata.tables)
    assert by_steps == described(engine)


def test_upgrade_can_be_repeated_and_knows_where_it_stands(engine: Engine) -> None:
    assert migrations.current(engine) is None
    migrations.upgrade(engine)
    migrations.upgrade(engine)
    assert migrations.current(engine) == migrations.newest()


def test_the_way_back_is_refused_and_nothing_is_lost(engine: Engine) -> None:
    migrations.upgrade(engine)
    before = described(engine)
    with engine.begin() as connection:
        config = migrations.configuration()
        config.attributes["connection"] = connection
        with pytest.raises(Conflict, match="Restore the backup"):
            command.downgrade(config, "base")
    assert described(engine) == before
    assert migrations.current(engine) == migrations.newest()


@pytest.mark.usefixtures("steps_to_write", "new_table")
def test_a_drafted_step_makes_what_the_models_gained(engine: Engine) -> None:
    migrations.upgrade(engine)
    newest = migrations.newest()
    assert newest is not None
    assert differences(engine) != []

    path = Path(migrations.draft("things people keep"))

    assert path.name == f"{int(newest) + 1:04d}_things_people_keep.py"
    assert "refuse_downgrade(revision)" in path.read_text()
    migrations.upgrade(engine)
    assert differences(engine) == []
    assert "things" in inspect(engine).get_table_names()


def write_step(steps: Path, body: str) -> None:
    """The next step, doing `body`."""
    newest = migrations.newest()
    text = (steps / "versions" / "0001_initial.py").read_text().split("def upgrade")[0]
    text = text.replace('revision = "0001"\ndown_revision = None', f"{REVISION}{newest!r}")
    (steps / "versions/9999_test.py").write_text(f"{text}def upgrade() -> None:\n    {body}\n")


REVISION = 'revision = "9999"\ndown_revision = '


def test_a_step_that_fails_halfway_leaves_nothing_behind(
    engine: Engine, steps_to_write: Path
) -> None:
    half = 'op.create_table("half", sa.Column("id", sa.Integer())); raise ValueError("stopped")'
    write_step(steps_to_write, half)
    with pytest.raises(ValueError, match="stopped"):
        migrations.upgrade(engine)
    assert inspect(engine).get_table_names() == []


def test_altering_a_table_keeps_the_rows_that_refer_to_it(
    engine: Engine, steps_to_write: Path
) -> None:
    migrations.upgrade(engine)
    with sessions(engine).begin() as session:
        user = UserRow(username="ann")
        session.add(user)
        session.flush()
        session.add(WebSessionRow(token_hash="h", user_id=user.id, created_at=1, seen_at=1))
    longer = 'with op.batch_alter_table("users") as t: t.alter_column("name", type_=sa.Text())'
    write_step(steps_to_write, longer)
    migrations.upgrade(engine)
    with sessions(engine)() as session:
        assert session.scalars(select(WebSessionRow.token_hash)).all() == ["h"]


@pytest.mark.usefixtures("steps_to_write")
def test_a_draft_of_no_change_is_an_empty_step(engine: Engine) -> None:
    path = Path(migrations.draft("nothing"))
    assert "op." not in path.read_text()
    migrations.upgrade(engine)
    assert migrations.current(engine) == migrations.newest()


def test_promises_that_the_version_before_kept_to_nobody_are_taken_back(engine: Engine) -> None:
    """One whose lead a last try ended is kept from now on; not one that the agent's word ended."""
    with engine.begin() as connection:
        config = migrations.configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "0019")
    states = {1: "open", 2: "done", 3: "done", 4: "do-not-call", 5: "removed"}
    with sessions(engine).begin() as session:
        session.add(LeadListRow(id=1, name="fresh", title="Fresh", country="US", made_at=1.0))
        session.flush()
        for lead, state in states.items():
            session.add(LeadRow(id=lead, list_id=1, next_number="+12025550100", state=state,
                                made_at=1.0))  # fmt: skip
        session.flush()
        for lead in states:
            session.add(CallbackRow(id=lead, lead_id=lead, campaign="out", due_at=9.0, made_at=5.0))
        words = {2: (4.0, "callback"), 3: (6.0, "not-interested")}
        for lead, (at, word) in words.items():
            session.add(
                DialAttemptRow(id=str(lead) * 32, campaign="out", lead_id=lead, mode="preview",
                               number="+12025550100", reserved_at=at, disposition=word)
            )  # fmt: skip
    migrations.upgrade(engine)
    with sessions(engine)() as session:
        kept = session.scalars(select(CallbackRow.id).where(CallbackRow.state == "open"))
        assert sorted(kept) == [1, 2]
