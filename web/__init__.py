"""The web: pages, forms and the live stream. `create_app` puts the subjects together.

A subject is one package with a `blueprint`; it joins by a line in BLUEPRINTS, and in NAVIGATION
when people should find it in the menu.
"""

from __future__ import annotations

import datetime
import importlib
from typing import NamedTuple

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from callcenter.control import ControlClient
from callcenter.db.engine import open_engine, sessions
from callcenter.settings import Settings, SettingsError
from web import access, csrf, errors, formats, headers, layout, odd_values, uploads
from web.live.hub import LiveHub
from web.services import EXTENSION, Services

BLUEPRINTS = (
    "web.home",
    "web.auth",
    "web.auth.second_factor",
    "web.live",
    "web.supervisor",
    "web.agent",
    "web.calls",
    "web.reports",
    "web.campaigns",
    "web.site",
    "web.audit",
    "web.what_if",
    "web.campaign_board",
    "web.people",
)


class NavigationItem(NamedTuple):
    endpoint: str
    title: str
    role: str
    icon: str


NAVIGATION = (
    NavigationItem("live.wallboard", "Wallboard", "agent", "gauge"),
    NavigationItem("agent.page", "My phone", "agent", "headphones"),
    NavigationItem("supervisor.page", "Floor", "supervisor", "users"),
    NavigationItem("calls.index", "Calls", "agent", "phone"),
    NavigationItem("reports.page", "Reports", "supervisor", "chart"),
    NavigationItem("campaign_board.index", "Dialing", "supervisor", "phone-outgoing"),
    NavigationItem("site.index", "Site", "admin", "settings"),
    NavigationItem("audit.page", "Audit", "admin", "scroll-text"),
)


def create_app(settings: Settings) -> Flask:
    """The WSGI application. Starts no thread: the live hub starts with its first listener."""
    if not settings.web_secret:
        raise SettingsError("web_secret is empty; `callcenter up` writes one to callcenter.toml")
    app = Flask(__name__)
    app.secret_key = settings.web_secret
    app.config.update(
        SESSION_COOKIE_NAME="callcenter",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.web_secure_cookies,
        PERMANENT_SESSION_LIFETIME=datetime.timedelta(days=7),
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=32 * 1024 * 1024,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    engine = open_engine(settings.database)
    control = ControlClient(settings.control_socket)
    app.extensions[EXTENSION] = Services(
        settings, engine, sessions(engine), control, LiveHub(control)
    )
    for part in (access, uploads, csrf, odd_values, errors, headers, formats, layout):
        part.install(app)
    _register_blueprints(app)
    if settings.web_secure_cookies:
        # TLS ends at a proxy on this machine: the throttle and the audit log want the caller's
        # address, which is the last one the proxy wrote.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    return app


def _register_blueprints(app: Flask) -> None:
    for name in BLUEPRINTS:
        app.register_blueprint(importlib.import_module(name).blueprint)
