"""What only an admin may see, on demand and audited: a phone's secret, a new password."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from callcenter.accounts.audit import write_audit
from callcenter.accounts.passwords import generate_password
from callcenter.accounts.users import set_password
from callcenter.db.site_store import load_site
from callcenter.domain.errors import NotFound
from callcenter.own_address import own_address
from web.access import current_user, requires
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
        write_audit(
            session, at=services().clock(), by=current_user().username,
            action="phone_secret_shown", subject=f"phones.{key}", address=request.remote_addr or "",
        )  # fmt: skip
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
        write_audit(
            session, at=services().clock(), by=current_user().username,
            action="password_reset", subject=f"users.{key}", address=request.remote_addr or "",
        )  # fmt: skip
    return render_template("site/passwords.html", passwords={key: password})
