"""What an agent does on the web, as plain requests to the real web process."""

from __future__ import annotations

import re
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from tests.stack import Stack


def found(text: str, before: str) -> str:
    match = re.search(f'{re.escape(before)}([^"]+)"', text)
    return match[1] if match else ""


class AgentPage:
    """Somebody signed in on the web, without a browser."""

    def __init__(self, stack: Stack, username: str, password: str) -> None:
        self._address = f"http://127.0.0.1:{stack.settings.web_port}"
        self._open = build_opener(HTTPCookieProcessor(CookieJar())).open
        self._token = found(self.get("/sign-in"), 'name="csrf_token" value="')
        self.post("/sign-in", username=username, password=password)
        self._token = found(self.get("/me/leads"), 'name="csrf_token" value="')

    def get(self, path: str) -> str:
        with self._open(f"{self._address}{path}", timeout=60) as answer:
            return str(answer.read().decode())

    def post(self, path: str, **form: str) -> str:
        data = urlencode({"csrf_token": self._token, **form}).encode()
        with self._open(f"{self._address}{path}", data, timeout=60) as answer:
            return str(answer.read().decode())
