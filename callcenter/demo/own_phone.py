"""What a visitor types into a SIP phone of their own: the demo keeps a phone and an agent free."""

from __future__ import annotations

from dataclasses import dataclass

from callcenter.db.engine import open_engine, sessions
from callcenter.db.site_store import load_site
from callcenter.demo.site import FREE_AGENT, FREE_PHONE, MAIN_DID
from callcenter.own_address import own_address
from callcenter.settings import Settings


@dataclass(frozen=True)
class OwnPhone:
    server: str  # host:port
    extension: str
    secret: str
    agent: str
    pin: str
    main_number: str


def own_phone(settings: Settings) -> OwnPhone | None:
    """None when the site has no such phone or agent any more."""
    engine = open_engine(settings.database)
    try:
        with sessions(engine)() as session:
            site = load_site(session)
    finally:
        engine.dispose()
    phone = next((each for each in site.phones if each.extension == FREE_PHONE), None)
    agent = next((each for each in site.agents if each.number == FREE_AGENT), None)
    if phone is None or agent is None:
        return None
    server = f"{own_address(settings)}:{settings.sip_port}"
    return OwnPhone(server, phone.extension, phone.secret, agent.number, agent.pin, MAIN_DID)
