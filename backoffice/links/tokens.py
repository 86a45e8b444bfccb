"""A link's token: its nonce, signed. Neither the database nor the key alone opens a page."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from itsdangerous import BadSignature, Signer

from backoffice.links.models import NONCE_BYTES

SALT = "accord.client-link"  # one salt per purpose: a token made for another purpose opens nothing here


def token_of(nonce: bytes, keys: Sequence[str]) -> str:
    """The token to put in an address. ``keys``: newest first; the newest signs."""
    return _signer(keys).sign(urlsafe_b64encode(nonce).rstrip(b"=")).decode()


def nonce_of(token: str, keys: Sequence[str]) -> bytes | None:
    """The nonce inside a token, or None when no key of ours signed it or it is spelled otherwise than we do.

    Base64 has several spellings of the same bytes: one link has one address for each key, and no other.
    """
    try:
        text = _signer(keys).unsign(token.encode())
        nonce = urlsafe_b64decode(text + b"==")
    except (BadSignature, ValueError):
        return None
    if len(nonce) != NONCE_BYTES or token not in {token_of(nonce, (key,)) for key in keys}:
        return None
    return nonce


def link_address(keys: Sequence[str], public_url: str, nonce: bytes, language: str) -> str:
    """What the client opens. A test makes sure that the portal answers this address."""
    return f"{public_url}/p/{language}/{token_of(nonce, keys)}"


def _signer(keys: Sequence[str]) -> Signer:
    # itsdangerous wants the oldest key first and signs with the last.
    return Signer(list(reversed(keys)), salt=SALT, sep=".")
