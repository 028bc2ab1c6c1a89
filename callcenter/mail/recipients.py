"""To whom reports may go: a page must not be a way to send the books anywhere."""

from __future__ import annotations

from collections.abc import Iterable

from callcenter.domain.errors import InvalidInput
from callcenter.settings import Settings

ANYWHERE = "*"


def allowed(settings: Settings) -> tuple[str, ...]:
    """Domains and addresses, in small letters; empty: nothing is set up yet, nothing goes out."""
    found = tuple(each.lower().lstrip("@") for each in settings.mail_to.replace(",", " ").split())
    own = settings.mail_from.rpartition("@")[2].lower()
    return found or ((own,) if own else ())


def allowed_words(settings: Settings) -> str:
    """For the page, after “only”; empty: any address will do."""
    places = allowed(settings)
    if not places or ANYWHERE in places:
        return ""
    return "to " + " or ".join(each if "@" in each else f"@{each}" for each in places)


def refuse_outside(settings: Settings, addresses: Iterable[str]) -> None:
    """Raises InvalidInput for the first address that `mail_to` does not allow."""
    if not allowed_words(settings):
        return
    places = allowed(settings)
    for each in addresses:
        address = each.lower()
        if address not in places and address.rpartition("@")[2] not in places:
            raise InvalidInput(
                f"reports go only {allowed_words(settings)}, not to {each[:80]}; whoever runs this "
                "machine can allow more with mail_to (docs/settings.md)"
            )
