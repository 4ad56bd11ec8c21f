"""Pro Santé Connect as it behaves, on this machine: real HTTP, signed tokens, state, PKCE, single codes."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "escale", "un-secret-de-test"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
WELL_KNOWN = "/auth/realms/esante-wallet/.well-known/wallet-openid-configuration"


@dataclass
class Provider:
    """What a test turns, and what was asked."""

    acr: str | None = "eidas1"
    token_claims: dict[str, Any] = field(default_factory=dict)
    userinfo_as_token: bool = False
    userinfo_subject: str | None = None
    userinfo_drops: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    claims: dict[str, Any] = field(
        default_factory=lambda: {
            "SubjectNameID": "899700218896",
            "preferred_username": "899700218896",
            "given_name": "Ewa",
            "family_name": "LE GOFF",
            "SubjectRole": ["60^SM26"],
            "SubjectRefPro": {"exercices": [{"codeProfession": "60"}]},
        }
    )
    origin: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)

    @property
    def server_url(self) -> str:
        return self.origin + WELL_KNOWN

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": f"{self.origin}/auth/realms/esante-wallet",
            "authorization_endpoint": f"{self.origin}/autoriser",
            "token_endpoint": f"{self.origin}/jeton",
            "userinfo_endpoint": f"{self.origin}/identite",
            "jwks_uri": f"{self.origin}/cles",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser goes next, once its owner has confirmed on their telephone."""
        self.asked.append(query)
        back = {"state": query.get("state", "")}
        if not query.get("state") or query.get("code_challenge_method") != "S256":
            self.refusals.append("no state or no PKCE")
            return f"{query['redirect_uri']}?{urlencode(back | {'error': 'invalid_request'})}"
        if query["client_id"] != CLIENT or set(query["scope"].split()) != {"openid", "scope_all"}:
            self.refusals.append("wrong client or scope")
            return f"{query['redirect_uri']}?{urlencode(back | {'error': 'invalid_scope'})}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode(back | {'code': code})}"

    def exchange(self, form: dict[str, str]) -> dict[str, Any] | None:
        query = self.codes.pop(form.get("code", ""), None)
        if query is None:
            return self._refuse("unknown or used code")
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return self._refuse("wrong secret")
        if form.get("redirect_uri") != query["redirect_uri"]:
            return self._refuse("wrong redirect")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != query.get("code_challenge"):
            return self._refuse("wrong PKCE")
        token = {"sub": "f:abc:1", "acr": self.acr} if self.acr else {"sub": "f:abc:1"}
        return {
            "access_token": "jeton",
            "token_type": "Bearer",
            "expires_in": 60,
            "id_token": self.sign(token | self.token_claims),
        }

    def about(self) -> dict[str, Any]:
        told = {"sub": self.userinfo_subject or "f:abc:1", **self.claims}
        return {name: value for name, value in told.items() if name not in self.userinfo_drops}

    def sign(self, claims: dict[str, Any]) -> str:
        now = int(time.time())
        whole = {"iss": self.configuration()["issuer"], "aud": CLIENT, "iat": now, "exp": now + 60} | claims
        return jwt.encode(whole | {"jti": secrets.token_hex(8)}, KEY, "RS256", headers={"kid": "1"})

    def _refuse(self, why: str) -> None:
        self.refusals.append(why)


def handler_of(provider: Provider) -> type[BaseHTTPRequestHandler]:  # noqa: C901 one class, inside
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, query = urlsplit(self.path).path, urlsplit(self.path).query
            if path in provider.broken:
                self.answer(503, b"en panne", "text/plain")
            elif path == WELL_KNOWN:
                self.answer_json(200, provider.configuration())
            elif path == "/autoriser":
                self.send_response(302)
                self.send_header("Location", provider.authorize(_flat(query)))
                self.end_headers()
            elif path == "/identite" and self.headers["Authorization"] == "Bearer jeton":
                if provider.userinfo_as_token:
                    self.answer(200, provider.sign(provider.about()).encode(), "application/jwt")
                else:
                    self.answer_json(200, provider.about())
            elif path == "/cles":
                jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
                self.answer_json(200, {"keys": [jwk | {"kid": "1", "alg": "RS256"}]})
            else:
                self.answer_json(404, {})

        def do_POST(self) -> None:
            form = _flat(self.rfile.read(int(self.headers["Content-Length"])).decode())
            given = provider.exchange(form) if "/jeton" not in provider.broken else None
            self.answer_json(200 if given else 400, given or {"error": "invalid_grant"})

        def answer_json(self, status: int, content: dict[str, Any]) -> None:
            self.answer(status, json.dumps(content).encode(), "application/json")

        def answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    return Handler


@contextmanager
def serving() -> Iterator[Provider]:
    provider = Provider()
    with ThreadingHTTPServer(("127.0.0.1", 0), handler_of(provider)) as server:
        provider.origin = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield provider
        server.shutdown()
        thread.join()


def _flat(encoded: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(encoded).items()}
