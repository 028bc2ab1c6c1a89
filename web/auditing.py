"""An audit entry for what the signed-in person does with this request."""

from __future__ import annotations

from flask import request
from sqlalchemy.orm import Session

from callcenter.accounts.audit import write_audit
from web.access import current_user
from web.api_access import program
from web.services import services


def acting() -> str:
    """The person signed in, or the program whose token this request shows."""
    name = program()
    return f"api {name}" if name else current_user().username


def audit(session: Session, action: str, subject: str = "", detail: str = "") -> None:
    """One entry, in the caller's transaction. Signing in writes its own: nobody is there yet."""
    write_audit(
        session,
        at=services().clock(),
        by=acting(),
        action=action,
        subject=subject,
        detail=detail,
        address=request.remote_addr or "",
    )
