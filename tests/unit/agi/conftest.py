from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from callcenter.agi.server import FastAgiServer
from callcenter.db import customer_store
from callcenter.db.customer_store import Customer, Order
from callcenter.db.engine import open_engine, sessions
from callcenter.db.models import Base
from callcenter.settings import CHECKOUT, Settings

HOSTILE = 'O\'Brien "EXEC System(id)" \\'


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path, agi_scripts=CHECKOUT / "agi-scripts")
    settings.prompts.mkdir()
    engine = open_engine(settings.database)
    Base.metadata.create_all(engine)
    with sessions(engine).begin() as session:
        customers = [
            Customer("442079460018", "Ada Lovelace", "en", 5, "1001"),
            Customer("442079460666", HOSTILE),
        ]
        customer_store.save_customers(session, customers)
        customer_store.save_orders(session, [Order("4711", "shipped", "442079460018")])
    engine.dispose()
    return settings


@pytest.fixture
def server(settings: Settings) -> Iterator[FastAgiServer]:
    yield from served(settings, header_seconds=120)


@pytest.fixture
def impatient_server(settings: Settings) -> Iterator[FastAgiServer]:
    yield from served(settings, header_seconds=0.5)


def served(settings: Settings, header_seconds: float) -> Iterator[FastAgiServer]:
    server = FastAgiServer(settings, port=0, max_sessions=5, header_seconds=header_seconds)
    server.start()
    yield server
    server.stop()
