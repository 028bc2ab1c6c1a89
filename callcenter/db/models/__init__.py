"""All tables, so that importing this package fills `Base.metadata`. One file a subject.

Each models file is imported here by name.
"""

from callcenter.db.models.base import Base

__all__ = ["Base"]
