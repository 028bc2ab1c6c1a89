"""A real PostgreSQL cluster for the tests, in a temporary folder, on a free port, gone at the end.

PostgreSQL refuses to run as root, so as root everything runs as the user `postgres`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, text

from tests.ports import free_port

START_SECONDS = 90
INIT = ("-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync")
# Safe for a database that lives for one test run, and much faster. What was committed has to
# outlive a crash of the server all the same: tests crash it, and the dialer relies on it.
FAST = "-c fsync=off -c full_page_writes=off -c shared_buffers=32MB"


class Cluster:
    """One that a test may take away and bring back; `cluster` is for all others."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._data, self._port = folder, folder / "data", free_port()
        _give_to_postgres(folder)
        _run("initdb", "-D", str(self._data), *INIT)

    @property
    def url(self) -> str:
        """Of the maintenance database `postgres`."""
        return f"postgresql+psycopg2://postgres@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        where = f"-p {self._port} -c listen_addresses=127.0.0.1 -k {self._folder} {FAST}"
        log = str(self._folder / "log")
        _run("pg_ctl", "-D", str(self._data), "-w", "-l", log, "-o", where, "start")

    def stop(self) -> None:
        """As in a crash: no connection is told."""
        _run("pg_ctl", "-D", str(self._data), "-w", "-m", "immediate", "stop")


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    """Running when the block begins, and it has to be when it ends."""
    folder = Path(tempfile.mkdtemp(prefix="callcenter-postgres-", dir="/tmp"))
    try:
        made = Cluster(folder)
        made.start()
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def cluster() -> Iterator[str]:
    """Yields the URL of the maintenance database `postgres`."""
    with own_cluster() as made:
        yield made.url


@contextmanager
def database(cluster_url: str, template: str = "template1") -> Iterator[str]:
    """A fresh database in the cluster, a copy of `template`: empty unless another is named."""
    name = f"test_{uuid4().hex}"
    create(cluster_url, name, template)
    try:
        yield cluster_url.rpartition("/")[0] + f"/{name}"
    finally:
        _administer(cluster_url, f"DROP DATABASE {name} WITH (FORCE)")


def create(cluster_url: str, name: str, template: str = "template1") -> None:
    _administer(cluster_url, f"CREATE DATABASE {name} TEMPLATE {template}")


def _administer(cluster_url: str, statement: str) -> None:
    """Keeps no connection: the cluster may be stopped and started meanwhile."""
    admin = create_engine(cluster_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(statement))
    admin.dispose()


def _binary(name: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    path = str(found[-1]) if found else shutil.which(name)
    if path is None:
        raise RuntimeError(f"{name} is missing: apt-get install postgresql (./run test does it)")
    return path


def _run(name: str, *arguments: str) -> None:
    argv = [_binary(name), *arguments]
    if os.geteuid() == 0:
        argv = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *argv]
    # pg_ctl's child keeps our pipes open, so its output goes nowhere; the log file has it.
    done = subprocess.run(argv, stdout=subprocess.DEVNULL, cwd="/", timeout=START_SECONDS)
    if done.returncode != 0:
        raise RuntimeError(f"{name} failed ({done.returncode})")


def _give_to_postgres(folder: Path) -> None:
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
