"""`callcenter customers import-customers|import-orders FILE.csv`."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from callcenter.db import customer_store as store
from callcenter.db.engine import open_engine, sessions
from callcenter.domain.errors import InvalidInput
from callcenter.settings import Settings

HELP = "load customers or orders from a CSV file, for caller recognition and order status"

Record = TypeVar("Record")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action",
        choices=["import-customers", "import-orders"],
        help="customers: columns number,name,language,priority,last_agent; "
        "orders: columns order,status,customer",
    )
    parser.add_argument("file", type=Path)


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    with sessions(open_engine(settings.database)).begin() as session:
        if arguments.action == "import-customers":
            records = read_csv(arguments.file, "number", store.customer_from_csv)
            count = store.save_customers(session, records)
        else:
            orders = read_csv(arguments.file, "order", store.order_from_csv)
            count = store.save_orders(session, orders)
    print(f"{count} saved")  # noqa: T201
    return 0


def read_csv(
    path: Path, key: str, parse: Callable[[Mapping[str, str], str], Record]
) -> Iterator[Record]:
    """Records of a UTF-8 CSV file whose first line names the columns; one of them is `key`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if key not in (reader.fieldnames or ()):
                raise InvalidInput(f"{path}: the first line has to name a column {key!r}")
            for fields in reader:
                yield parse(fields, f"{path}:{reader.line_num}")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(f"{path}: cannot be read: {error}") from error
