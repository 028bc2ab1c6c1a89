"""The control socket: how other processes ask the controller and follow the live floor.

`protocol` is the wire format, `client` what the web uses, `server` what the controller serves,
`fake` a controller without Asterisk for tests. The messages are in docs/architecture.md.
"""

from callcenter.control.client import ControlClient

__all__ = ["ControlClient"]
