"""A stand-in for the part of a Supabase project that publishes keys, and tokens signed with them."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

ANN = "0f5e6f6e-5a4f-4d0e-9f5a-000000000a22"
ISSUED = "https://abc.supabase.co/auth/v1"


class Project:
    """Keys by their name, published on loopback; what is asked is counted."""

    def __init__(self) -> None:
        self.keys = {"first": ec.generate_private_key(ec.SECP256R1())}
        self.more: list[dict[str, Any]] = []
        self.away = False
        self.asked = 0
        self.url = ""

    def jwks(self) -> dict[str, Any]:
        """What is published."""
        return {"keys": [*self.more, *(self.published(name) for name in self.keys)]}

    def published(self, name: str) -> dict[str, Any]:
        """One public key."""
        public = jwt.algorithms.ECAlgorithm.to_jwk(self.keys[name].public_key(), as_dict=True)
        return dict(public) | {"kid": name, "alg": "ES256", "use": "sig"}

    def public_text(self, name: str = "first") -> bytes:
        """A public key as everybody can write it down."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.keys[name].public_key().public_bytes(serialization.Encoding.PEM, form)

    def token(self, name: str = "first", **changes: Any) -> str:
        """A token of Ann, signed as Auth signs it; a claim that is None is left out."""
        kept = {key: value for key, value in (claims() | changes).items() if value is not None}
        return jwt.encode(kept, self.keys[name], algorithm="ES256", headers={"kid": name})


def claims() -> dict[str, Any]:
    """What a good token says."""
    now = int(time.time())
    return {"sub": ANN, "aud": "authenticated", "role": "authenticated", "iat": now, "exp": now + 3600}


@contextmanager
def published() -> Iterator[Project]:
    """A project whose keys can be asked for."""
    project = Project()

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            project.asked += 1
            found = self.path == "/auth/v1/.well-known/jwks.json" and not project.away
            self.send_response(200 if found else 503)
            self.end_headers()
            self.wfile.write(json.dumps(project.jwks()).encode() if found else b"")

        def log_message(self, *_: object) -> None:
            """Nothing to be read."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        project.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield project
        server.shutdown()
