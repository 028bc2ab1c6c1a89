"""The control socket: how other processes ask the controller and follow the live floor.

`protocol` is the wire format, `client` what the web uses, `server` what the controller serves,
`serve` a process that does (the dialer is one too: it speaks the same on a socket of its own),
`fake` a controller without Asterisk for tests. The messages are in docs/architecture.md.
"""

from callcenter.control.client import ControlClient

__all__ = ["ControlClient"]
