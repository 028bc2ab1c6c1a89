"""Fixtures every room may use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest
from xdist.remote import Producer

from tests import leftovers, postgres, prepared, two_workers

ENGINES = ("sqlite", "postgresql")
# An example takes as long as the machine lets it; what hangs is ended by pytest-timeout.
hypothesis.settings.register_profile("callcenter", deadline=None)
hypothesis.settings.load_profile("callcenter")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> two_workers.TwoWorkers:
    config.option.loadscopereorder = False  # our own order counts
    return two_workers.TwoWorkers(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items[:] = two_workers.in_order(items)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if hasattr(item.config, "workerinput") and not two_workers.places_real_calls(item.nodeid):
        two_workers.give_way()


@pytest.fixture(scope="session", autouse=True)
def nothing_is_left_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The first fixture of all, so that it is the last to look."""
    with leftovers.none_allowed(tmp_path_factory.getbasetemp()):
        yield


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[str]:
    """URL of the maintenance database of a real cluster that lives for this test run."""
    with postgres.cluster() as url:
        yield url


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database with every table and no row; the test runs once on each engine."""
    with prepared_database(request, tmp_path) as url:
        yield url


@pytest.fixture(scope="module", params=ENGINES)
def module_database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The same, one for a module whose tests only read what was put there before them."""
    with prepared_database(request, tmp_path_factory.mktemp("module")) as url:
        yield url


@contextmanager
def prepared_database(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield prepared.sqlite(folder / "callcenter.sqlite")
        return
    with prepared.postgresql(request.getfixturevalue("postgres_cluster")) as url:
        yield url


@pytest.fixture(params=ENGINES)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The same without a table: for tests of who makes them."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'callcenter.sqlite'}"
        return
    with postgres.database(request.getfixturevalue("postgres_cluster")) as url:
        yield url
