"""Who was erased after a lead file had come: neither loaded nor named among the rows left out."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.db.customer_store import digits_of
from callcenter.db.models.privacy import ErasedNumber
from callcenter.dialer.leads.imports import HasErased
from callcenter.domain.errors import InvalidInput
from callcenter.ledger.erasure_key import erasure_key
from callcenter.ledger.forgotten import FEWEST_DIGITS, number_hash
from callcenter.settings import Settings


class ErasedSince:
    """For `run_import`: asked for each chunk, as a person may be erased while a file is loaded."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, session: Session, came_at: float) -> HasErased:
        """Whether one of some texts is a number erased since `came_at`. Raises InvalidInput when
        there is no key to know them by."""
        since = select(ErasedNumber.number_hash).where(ErasedNumber.erased_at >= came_at)
        hashes = set(session.scalars(since))
        key = erasure_key(self._settings)
        if hashes and not key:
            raise InvalidInput(
                "somebody was erased after this file came, and erasure.key is missing: put it "
                "back from a backup, or get the people in the file anew and load that"
            )
        return lambda texts: bool(hashes) and _any(key, hashes, texts)


def _any(key: bytes, hashes: set[str], texts: Iterable[str]) -> bool:
    numbers = {digits_of(text) for text in texts}
    return any(number_hash(key, each) in hashes for each in numbers if len(each) >= FEWEST_DIGITS)
