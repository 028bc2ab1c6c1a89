"""The demo site and its people, put into an empty database. Never touches a site that exists."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from callcenter.accounts.passwords import generate_password
from callcenter.accounts.users import find_user, set_password
from callcenter.db.customer_store import (
    ORDER_STATUSES,
    Customer,
    Order,
    save_customers,
    save_orders,
)
from callcenter.db.engine import open_engine, sessions
from callcenter.db.site_store import load_versioned, save_site
from callcenter.demo.after_calls import add_demo_rates
from callcenter.demo.campaign import add_demo_campaigns
from callcenter.demo.directory import people
from callcenter.demo.site import demo_site
from callcenter.domain.site import Site
from callcenter.settings import Settings

BY = "demo seed"
STRANGERS = 4  # one in four callers is not among the customers
VIP_PRIORITY = 5


@dataclass(frozen=True)
class Seeded:
    """`logins`: user name → password as generated; also kept in HOME/demo/logins.json."""

    made: bool  # False: there was a site already
    logins: dict[str, str]


def seed(settings: Settings) -> Seeded:
    """Idempotent: a database that ever had a site saved is left as it is."""
    engine = open_engine(settings.database)
    try:
        with sessions(engine).begin() as session:
            if load_versioned(session)[1] > 0:
                return Seeded(made=False, logins=read_logins(settings))
            site = save_site(session, demo_site(settings.demo_sip_port), BY).site
            _add_customers(session)
            add_demo_rates(session)
            add_demo_campaigns(session, time.time())
            logins = _give_passwords(session, site)
        _keep_logins(settings, logins)
    finally:
        engine.dispose()
    return Seeded(made=True, logins=logins)


def read_logins(settings: Settings) -> dict[str, str]:
    """What was generated at the seed; empty when it was not the demo's seed, or has been removed.
    A password changed since then is not shown here."""
    try:
        return dict(json.loads(_logins_path(settings).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _add_customers(session: Session) -> None:
    known = [each for index, each in enumerate(people()) if index % STRANGERS]
    save_customers(
        session,
        (
            Customer(each.number, each.name, each.language, VIP_PRIORITY if each.vip else 0)
            for each in known
        ),
    )
    save_orders(
        session,
        (
            Order(each.order, ORDER_STATUSES[index % len(ORDER_STATUSES)], each.number)
            for index, each in enumerate(known)
        ),
    )


def _give_passwords(session: Session, site: Site) -> dict[str, str]:
    logins = {}
    for user in site.users:
        row = find_user(session, user.username)
        if row is not None and not row.password_hash:
            logins[user.username] = generate_password()
            set_password(session, user.username, logins[user.username])
    return logins


def _keep_logins(settings: Settings, logins: dict[str, str]) -> None:
    path = _logins_path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Passwords of a play site, yet nobody else on this machine has to read them.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(logins, file, indent=2)


def _logins_path(settings: Settings) -> Path:
    return settings.home / "demo" / "logins.json"
