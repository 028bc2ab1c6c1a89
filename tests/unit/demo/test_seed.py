import dataclasses
import stat

import pytest

from callcenter.accounts.users import check_password
from callcenter.db import migrations
from callcenter.db.customer_store import find_customer, find_order
from callcenter.db.engine import open_engine, sessions
from callcenter.db.models.base import Base
from callcenter.db.site_store import load_site, save_site
from callcenter.demo.directory import people
from callcenter.demo.own_phone import own_phone
from callcenter.demo.rate import forget_rate, read_rate, write_rate
from callcenter.demo.seed import read_logins, seed
from callcenter.domain.errors import InvalidInput
from callcenter.domain.site import Site
from callcenter.settings import Settings


@pytest.fixture
def settings(tmp_path):
    made = Settings(home=tmp_path, demo_sip_port=25070)
    engine = open_engine(made.database)
    migrations.upgrade(engine)
    Base.metadata.create_all(engine)
    engine.dispose()
    return made


def site_of(settings):
    with sessions(open_engine(settings.database))() as session:
        return load_site(session)


def test_an_empty_database_gets_the_demo_site_and_logins_that_work(settings):
    seeded = seed(settings)
    assert seeded.made
    assert set(seeded.logins) == {"admin", "supervisor", "agent"}
    with sessions(open_engine(settings.database))() as session:
        for username, password in seeded.logins.items():
            assert check_password(session, username, password)
    site = site_of(settings)
    assert site.trunks[0].port == 25070
    assert len({phone.secret for phone in site.phones}) == len(site.phones)


def test_most_callers_are_known_customers_with_an_order(settings):
    seed(settings)
    everyone = people()
    with sessions(open_engine(settings.database))() as session:
        assert find_customer(session, everyone[0].number) is None
        assert find_customer(session, everyone[17].number).priority > 0
        assert find_order(session, everyone[17].order).customer_number == everyone[17].number


def test_two_installations_share_no_password(settings, tmp_path):
    other = dataclasses.replace(settings, home=tmp_path / "other")
    other.home.mkdir()
    engine = open_engine(other.database)
    migrations.upgrade(engine)
    Base.metadata.create_all(engine)
    assert not set(seed(settings).logins.values()) & set(seed(other).logins.values())


def test_a_second_seed_changes_nothing_and_still_knows_the_logins(settings):
    first = seed(settings)
    before = site_of(settings)
    again = seed(settings)
    assert not again.made
    assert again.logins == first.logins
    assert site_of(settings) == before


def test_a_site_of_ones_own_is_never_overwritten(settings):
    with sessions(open_engine(settings.database)).begin() as session:
        save_site(session, Site(name="Ours"), "somebody")
    assert not seed(settings).made
    assert site_of(settings).name == "Ours"
    assert read_logins(settings) == {}


def test_logins_are_for_their_owner_only(settings):
    seed(settings)
    mode = (settings.home / "demo/logins.json").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_the_rate_is_heard_and_forgotten(settings):
    assert read_rate(settings) is None
    write_rate(settings, 20)
    assert read_rate(settings) == 20
    forget_rate(settings)
    assert read_rate(settings) is None
    with pytest.raises(InvalidInput):
        write_rate(settings, 1000)


def test_a_visitor_is_told_what_to_type_into_their_phone(settings):
    seed(settings)
    told = own_phone(dataclasses.replace(settings, sip_host="192.0.2.7", sip_port=5066))
    site = site_of(settings)
    assert told.server == "192.0.2.7:5066"
    assert told.secret == next(each.secret for each in site.phones if each.extension == "210")
    assert told.pin == next(each.pin for each in site.agents if each.number == "1010")


def test_a_site_without_the_free_phone_tells_nothing(settings):
    assert own_phone(settings) is None
