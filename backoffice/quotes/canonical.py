"""Canonical JSON: the same facts always give the same bytes, so that a digest proves them."""

import hashlib
import json
import unicodedata
from typing import Any


def canonical_bytes(facts: object) -> bytes:
    """UTF-8 JSON with sorted keys, NFC texts, integers only; raises TypeError for anything else."""
    return json.dumps(_checked(facts), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def read(data: bytes) -> Any:
    return json.loads(data)


def _checked(value: object) -> object:
    match value:
        case None | bool() | int():
            return value
        case str():
            return unicodedata.normalize("NFC", value)
        case dict():
            return {_checked_key(key): _checked(each) for key, each in value.items()}
        case list() | tuple():
            return [_checked(each) for each in value]
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _checked_key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"key {key!r} is not a text")
    return unicodedata.normalize("NFC", key)
