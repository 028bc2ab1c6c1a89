from __future__ import annotations

from pathlib import Path

import pytest

from callcenter.cli import main
from callcenter.db.customer_store import Customer, find_customer, find_order
from callcenter.db.engine import open_engine, sessions
from callcenter.settings import Settings


def load(settings: Settings, action: str, text: str, tmp_path: Path) -> int:
    file = tmp_path / "in.csv"
    file.write_text(text, encoding="utf-8")
    return main(["--home", str(settings.home), "customers", action, str(file)])


def test_customers_and_their_orders_are_loaded_and_replaced(
    settings: Settings, tmp_path: Path
) -> None:
    text = "number,name,priority\n+1 (555) 0100,Zoë,3\n"
    assert load(settings, "import-customers", text, tmp_path) == 0
    assert load(settings, "import-customers", text.replace("3", "4"), tmp_path) == 0
    assert (
        load(settings, "import-orders", "order,status,customer\n12,shipped,15550100\n", tmp_path)
        == 0
    )
    with sessions(open_engine(settings.database))() as session:
        assert find_customer(session, "0015550100") == Customer("15550100", "Zoë", "", 4)
        order = find_order(session, "12")
        assert order is not None
        assert (order.status, order.customer_number) == ("shipped", "15550100")


@pytest.mark.parametrize(
    ("action", "text", "place"),
    [
        ("import-customers", "name\nx\n", "column 'number'"),
        ("import-customers", "number\n15550100\nx\n", "in.csv:3"),
        ("import-customers", "number,priority\n15550100,many\n", "priority 'many'"),
        ("import-orders", "order,status\n1,lost\n", "status 'lost'"),
        ("import-orders", "order,status,customer\n1,shipped,999\n", "import the customers first"),
    ],
)
def test_a_bad_file_is_named_by_line_and_changes_nothing(
    settings: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    action: str,
    text: str,
    place: str,
) -> None:
    assert load(settings, action, text, tmp_path) == 1
    assert place in capsys.readouterr().err
    with sessions(open_engine(settings.database))() as session:
        assert find_customer(session, "15550100") is None
