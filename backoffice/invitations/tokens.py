"""An invitation's token: its nonce, signed. Neither the database nor the key alone opens the page."""

from collections.abc import Sequence

from itsdangerous import BadData, URLSafeSerializer

from backoffice.invitations.models import NONCE_BYTES

SALT = "accord.invitation"  # one salt per purpose: a token made for another purpose opens nothing here


def token_of(nonce: bytes, keys: Sequence[str]) -> str:
    """``keys``: newest first; the newest signs."""
    return str(_serializer(keys).dumps(nonce.hex()))


def nonce_of(token: str, keys: Sequence[str]) -> bytes | None:
    """None when no key of ours signed it."""
    try:
        nonce = bytes.fromhex(_serializer(keys).loads(token))
    except (BadData, ValueError, TypeError):
        return None
    return nonce if len(nonce) == NONCE_BYTES else None


def invitation_address(keys: Sequence[str], public_url: str, nonce: bytes) -> str:
    """What the invited person opens."""
    return f"{public_url}/invitation/{token_of(nonce, keys)}"


def _serializer(keys: Sequence[str]) -> URLSafeSerializer:
    # itsdangerous wants the oldest key first and signs with the last.
    return URLSafeSerializer(list(reversed(keys)), salt=SALT)
