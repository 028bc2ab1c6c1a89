"""All tables, so that importing this package fills `Base.metadata`. One file a subject.

Each models file is imported here by name.
"""

from callcenter.db.models.audit import AuditEntryRow
from callcenter.db.models.base import Base
from callcenter.db.models.users import LoginFailureRow, UserRow, WebSessionRow

__all__ = ["AuditEntryRow", "Base", "LoginFailureRow", "UserRow", "WebSessionRow"]
