"""`callcenter run dialer`: until SIGTERM. Calls that are up then go on; the dialplan has them."""

from __future__ import annotations

from callcenter.control.serve import serve_until_stopped
from callcenter.dialing.dialer import Dialer
from callcenter.settings import Settings


def main(settings: Settings) -> int:
    return serve_until_stopped(lambda: Dialer(settings), "dialer_refused")
