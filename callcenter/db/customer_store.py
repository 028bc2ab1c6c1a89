"""Customers and orders: looked up by callers' journeys, filled from CSV files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.models.customers import CustomerRow, OrderRow
from callcenter.domain.errors import InvalidInput

ORDER_STATUSES = ("received", "preparing", "shipped", "delivered", "cancelled")
MAX_PRIORITY = 10


@dataclass(frozen=True)
class Customer:
    """`number` in digits only; `language` and `last_agent` empty when unknown."""

    number: str
    name: str = ""
    language: str = ""
    priority: int = 0
    last_agent: str = ""


@dataclass(frozen=True)
class Order:
    number: str
    status: str  # one of ORDER_STATUSES
    customer_number: str = ""


def digits_of(number: str) -> str:
    """`+44 (20) 7946-0018`, `00442079460018` → `442079460018`: one spelling for a number."""
    digits = "".join(each for each in number if each in "0123456789")
    return digits[2:] if digits.startswith("00") else digits


def find_customer(session: Session, number: str) -> Customer | None:
    digits = digits_of(number)
    row = session.scalar(select(CustomerRow).where(CustomerRow.number == digits))
    if row is None or not digits:
        return None
    return Customer(row.number, row.name, row.language, row.priority, row.last_agent)


def find_order(session: Session, number: str) -> Order | None:
    row = session.get(OrderRow, digits_of(number)) if number else None
    if row is None:
        return None
    owner = session.get(CustomerRow, row.customer_id) if row.customer_id else None
    return Order(row.number, row.status, owner.number if owner else "")


def save_customers(session: Session, customers: Iterable[Customer]) -> int:
    """Add or replace by number. Returns how many."""
    count = 0
    for customer in customers:
        row = session.scalar(select(CustomerRow).where(CustomerRow.number == customer.number))
        if row is None:
            row = CustomerRow(number=customer.number)
            session.add(row)
        row.name, row.language = customer.name, customer.language
        row.priority, row.last_agent = customer.priority, customer.last_agent
        session.flush()
        count += 1
    return count


def save_orders(session: Session, orders: Iterable[Order]) -> int:
    """Add or replace by order number. Returns how many. Raises InvalidInput for an order of a
    customer we do not have."""
    count = 0
    for order in orders:
        row = session.get(OrderRow, order.number) or OrderRow(number=order.number)
        row.status = order.status
        row.customer_id = _customer_id(session, order)
        session.add(row)
        session.flush()
        count += 1
    return count


def _customer_id(session: Session, order: Order) -> int | None:
    if not order.customer_number:
        return None
    wanted = CustomerRow.number == order.customer_number
    found = session.scalar(select(CustomerRow.id).where(wanted))
    if found is None:
        raise InvalidInput(
            f"Order {order.number} belongs to {order.customer_number}, who is not among the"
            " customers; import the customers first."
        )
    return found


def customer_from_csv(fields: Mapping[str, str], place: str) -> Customer:
    """One CSV line (columns number, name, language, priority, last_agent) → Customer.

    Raises InvalidInput naming `place`.
    """
    number = digits_of(fields.get("number") or "")
    if not 3 <= len(number) <= 15:
        raise InvalidInput(f"{place}: number {fields.get('number')!r} has to have 3 to 15 digits")
    priority = fields.get("priority") or "0"
    if not (priority.isdecimal() and int(priority) <= MAX_PRIORITY):
        raise InvalidInput(f"{place}: priority {priority!r} has to be 0 to {MAX_PRIORITY}")
    agent = fields.get("last_agent") or ""
    if agent and not (agent.isdecimal() and 3 <= len(agent) <= 6):
        raise InvalidInput(f"{place}: last_agent {agent!r} has to be an agent's number")
    name = (fields.get("name") or "")[:200]
    return Customer(number, name, (fields.get("language") or "")[:10], int(priority), agent)


def order_from_csv(fields: Mapping[str, str], place: str) -> Order:
    """One CSV line (columns order, status, customer) → Order. Raises InvalidInput."""
    number = fields.get("order") or ""
    if not (number.isascii() and number.isdecimal() and len(number) <= 20):
        raise InvalidInput(f"{place}: order {number!r} has to be 1 to 20 digits")
    status = fields.get("status") or ""
    if status not in ORDER_STATUSES:
        raise InvalidInput(f"{place}: status {status!r} has to be one of {list(ORDER_STATUSES)}")
    return Order(number, status, digits_of(fields.get("customer") or ""))
