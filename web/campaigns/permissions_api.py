"""Do-not-call numbers and consents, entered by other programs (docs/dialer.md)."""

from __future__ import annotations

from flask import request

from callcenter.db.campaign_store import campaign_names
from callcenter.dialer.compliance.number_zones import e164
from callcenter.dialer.leads import consents, do_not_call
from callcenter.dialer.leads.consents import Consent
from callcenter.dialer.leads.read import listings_of
from callcenter.domain.errors import InvalidInput
from web.access import requires
from web.api_access import takes_token
from web.auditing import acting, audit
from web.campaigns.blueprint import blueprint
from web.services import services


@blueprint.post("/api/do-not-call")
@requires("supervisor")
@takes_token
def enter_by_api() -> dict[str, object]:
    """`{number, reason, campaign}`; the number with its country code."""
    number, texts = _asked("reason", "campaign")
    with services().sessions.begin() as session:
        _known_campaign(texts["campaign"])
        added = do_not_call.add(
            session, number, services().clock(), source="api", by=acting(),
            reason=texts["reason"][:500], campaign=texts["campaign"],
        )  # fmt: skip
        if added:
            audit(session, "do_not_call_added", number, texts["campaign"])
    return {"number": number, "added": added}


@blueprint.post("/api/do-not-call/check")
@requires("supervisor")
@takes_token
def check_by_api() -> dict[str, object]:
    """`{number}` → the lists it is on. A POST: numbers stay out of addresses."""
    number, _ = _asked()
    with services().sessions() as session:
        found = listings_of(session, "", [number]).get(number, ())
    return {"number": number, "lists": [f"{each.scope} {each.name}".rstrip() for each in found]}


@blueprint.post("/api/consents")
@requires("supervisor")
@takes_token
def consent_by_api() -> dict[str, object]:
    """`{number, source, evidence, campaign}`: given now."""
    number, texts = _asked("source", "evidence", "campaign")
    if not texts["source"] or any(len(texts[key]) > most for key, most in consents.LONGEST.items()):
        raise InvalidInput('say where it was given: {"number": "+12125550100", "source": "form"}')
    with services().sessions.begin() as session:
        _known_campaign(texts["campaign"])
        consent = Consent(number, texts["source"], texts["evidence"], services().clock(),
                          campaign=texts["campaign"])  # fmt: skip
        added = consents.give(session, consent, acting())
        if added:
            audit(session, "consent_written", number, texts["source"])
    return {"number": number, "added": added}


@blueprint.post("/api/consents/revoke")
@requires("supervisor")
@takes_token
def revoke_by_api() -> dict[str, object]:
    """`{number}`: every consent for it is taken back."""
    number, _ = _asked()
    with services().sessions.begin() as session:
        count = do_not_call.revoke(session, number, services().clock(), source="api")
        do_not_call.look_again(session, [number])
        audit(session, "consent_revoked", number)
    return {"number": number, "revoked": count}


def _asked(*names: str) -> tuple[str, dict[str, str]]:
    asked = request.get_json(silent=True)
    if not isinstance(asked, dict) or not isinstance(asked.get("number"), str):
        raise InvalidInput('send {"number": "+12125550100", …} with its country code')
    texts = {name: str(asked.get(name) or "").strip() for name in names}
    return e164(asked["number"], ""), texts


def _known_campaign(name: str) -> None:
    with services().sessions() as session:
        if name and name not in campaign_names(session):
            raise InvalidInput(f"there is no campaign {name}")
