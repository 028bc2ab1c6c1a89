"""Domain errors. The web maps each class to one HTTP status in `web/errors.py`.

Every message says what is wrong and what to do next; it is shown to people as it is.
`code` is a stable word for programs (REST, control socket).
"""

from __future__ import annotations


class CallcenterError(Exception):
    """Root of everything the call centre refuses. `code` is stable, `str(error)` is for people."""

    code = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class InvalidInput(CallcenterError):
    code = "invalid"


class NotFound(CallcenterError):
    code = "not_found"


class Conflict(CallcenterError):
    """The thing asked for contradicts the present state (agent already signed in elsewhere …)."""

    code = "conflict"


class Forbidden(CallcenterError):
    code = "forbidden"


class NotSignedIn(CallcenterError):
    code = "not_signed_in"


class TooManyTries(CallcenterError):
    code = "too_many_tries"


class Unavailable(CallcenterError):
    """A part we depend on is down (Asterisk, controller, database)."""

    code = "unavailable"


class TooLate(Unavailable):
    """A command's deadline passed before it was carried out; it will not be tried again."""

    code = "too_late"


ERRORS_BY_CODE: dict[str, type[CallcenterError]] = {
    kind.code: kind
    for kind in (
        CallcenterError,
        InvalidInput,
        NotFound,
        Conflict,
        Forbidden,
        NotSignedIn,
        TooManyTries,
        Unavailable,
        TooLate,
    )
}
