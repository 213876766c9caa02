"""A small client of the HTTP API, as any partner would write it."""

from __future__ import annotations

import secrets
from typing import Any

import httpx


class DoorShut(Exception):
    """The API said no: status, its code, and the sentence it gave."""

    def __init__(self, method: str, path: str, status: int, code: str, words: str) -> None:
        super().__init__(f"{method} {path} → {status} {code}: {words}")
        self.status = status
        self.code = code


class Door:
    """One account at the API. Every POST carries a key of its own."""

    def __init__(self, http: httpx.Client, token: str) -> None:
        self._http = http
        self._token = token

    def get(self, path: str, **query: str | float) -> Any:
        """What lies at a path; raises DoorShut."""
        return self._said(self._http.get(f"/api/v1{path}", params=query, headers=self._who()))

    def post(self, path: str, body: Any) -> Any:
        """Do something; raises DoorShut."""
        headers = {**self._who(), "Idempotency-Key": secrets.token_hex(16)}
        return self._said(self._http.post(f"/api/v1{path}", json=body, headers=headers))

    def _who(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    def _said(self, answer: httpx.Response) -> Any:
        try:
            body = answer.json()
        except ValueError:
            body = {}
        if answer.is_success:
            return body
        told = body if isinstance(body, dict) else {}
        words = str(told.get("detail") or told.get("title") or answer.text[:120])
        raise DoorShut(
            answer.request.method, answer.request.url.path, answer.status_code, str(told.get("code", "")), words
        )
