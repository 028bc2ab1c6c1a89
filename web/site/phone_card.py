"""What only an admin may see, on demand and audited: a phone's secret, a new password."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from callcenter.accounts.passwords import generate_password
from callcenter.accounts.users import set_password
from callcenter.db.site_store import load_site
from callcenter.domain.errors import NotFound
from callcenter.own_address import own_address
from web.access import requires
from web.auditing import audit
from web.services import services
from web.site.blueprint import blueprint


@blueprint.post("/site/phones/card/<key>")
@requires("admin")
def phone_card(key: str) -> str:
    """A POST, so that no link, prefetch or history shows a secret by itself."""
    with services().sessions.begin() as session:
        phones = {phone.extension: phone for phone in load_site(session).phones}
        if key not in phones:
            raise NotFound(f"there is no phone {key}; somebody may have deleted it")
        audit(session, "phone_secret_shown", f"phones.{key}")
    settings = services().settings
    return render_template(
        "site/phone_card.html",
        phone=phones[key],
        host=own_address(settings),
        port=settings.sip_port,
    )


@blueprint.post("/site/users/password/<key>")
@requires("admin")
def new_password(key: str) -> ResponseReturnValue:
    password = generate_password()
    with services().sessions.begin() as session:
        set_password(session, key, password, must_change=True)
        audit(session, "password_reset", f"users.{key}")
    return render_template("site/passwords.html", passwords={key: password})
