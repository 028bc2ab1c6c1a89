"""Writing to the audit log."""

from __future__ import annotations

from sqlalchemy.orm import Session

from callcenter.db.models.audit import AuditEntryRow


def write_audit(
    session: Session,
    *,
    at: float,
    by: str,
    action: str,
    subject: str = "",
    detail: str = "",
    address: str = "",
) -> None:
    """One entry; the caller commits. `action` is a fixed word such as `listen` or `sign_in`."""
    entry = AuditEntryRow(
        at=at, by=by[:80], action=action, subject=subject[:200], detail=detail, address=address
    )
    session.add(entry)
