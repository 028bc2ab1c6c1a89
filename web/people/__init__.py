"""What there is about a person outside: told, taken away, erased."""

from web.people.views import blueprint

__all__ = ["blueprint"]
