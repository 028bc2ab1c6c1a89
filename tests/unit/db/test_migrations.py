"""The steps lead exactly to what the models say, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from callcenter.db import migrations
from callcenter.db.engine import open_engine
from callcenter.db.models import Base


def test_steps_lead_to_the_models(database_url: str) -> None:
    engine = open_engine(database_url)
    migrations.upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        difference = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert difference == []


def test_upgrade_can_be_repeated_and_knows_where_it_stands(database_url: str) -> None:
    engine = open_engine(database_url)
    assert migrations.current(engine) is None
    migrations.upgrade(engine)
    migrations.upgrade(engine)
    assert migrations.current(engine) == migrations.newest()
    assert set(Base.metadata.tables) <= set(inspect(engine).get_table_names())
    engine.dispose()
