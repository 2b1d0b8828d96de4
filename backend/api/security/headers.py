"""Headers with which every answer leaves: what a browser may do with it."""

from starlette.types import Message

ANSWER_POLICY = b"default-src 'none'; frame-ancestors 'none'"
"""Of answers that are no pages."""

PAGE_POLICY = (
    b"default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    b"connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Of pages: everything they load comes from here."""

ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
]
NOT_KEPT = (b"cache-control", b"no-store")
ENCRYPTED = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


def guard_answer(message: Message, *, encrypted: bool, more: list[tuple[bytes, bytes]]) -> None:
    """Add what an answer lacks to the message that starts it; what a route set by itself stays.

    Args:
        message: the start of an answer.
        encrypted: whether it leaves by https.
        more: further headers for this one.
    """
    sent: list[tuple[bytes, bytes]] = list(message.get("headers", ()))
    present = {name.lower(): value for name, value in sent}
    page = present.get(b"content-type", b"").startswith(b"text/html")
    wanted = [*ALWAYS, NOT_KEPT, (b"content-security-policy", PAGE_POLICY if page else ANSWER_POLICY)]
    if encrypted:
        wanted.append(ENCRYPTED)
    message["headers"] = [*sent, *(header for header in wanted if header[0] not in present), *more]
