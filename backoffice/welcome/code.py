"""The set-up code: who can read the server's terminal owns a new installation, not who reaches it first.

It is derived from the secret key, so every process knows it and none stores it; with the first administrator
it opens nothing any more.
"""

import base64
import hashlib
import hmac
from datetime import timedelta

from backoffice.staff.throttle import Guard, Limit, guard, network_of

IN_SESSION = "set_up_code"
"""Where the session of whoever removed a demonstration keeps it: they begin anew without the terminal."""
PURPOSE = b"accord set-up code"
CODE_BYTES = 10
GROUP = 4
PER_SENDER = Limit(purpose="set_up_code_sender", failures=5, window=timedelta(minutes=15))
IN_ALL = Limit(purpose="set_up_code", failures=50, window=timedelta(minutes=15))


def set_up_code(key: str) -> str:
    """80 bits in capitals and digits without 0, 1, 8 and 9, as ``ABCD-EFGH-JKLM-NPQR``."""
    digest = hmac.new(key.encode(), PURPOSE, hashlib.sha256).digest()
    text = base64.b32encode(digest[:CODE_BYTES]).decode()
    return "-".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))


def is_set_up_code(typed: str, *, key: str) -> bool:
    """Whatever its case, with or without its dashes."""
    plain = "".join(each for each in typed.upper() if each.isalnum())
    return hmac.compare_digest(plain.encode(), set_up_code(key).replace("-", "").encode())


def code_guards(address: str | None, *, key: str) -> tuple[Guard, ...]:
    """The sender's counter when the sender is known, and that of all together. Always in this order."""
    everybody = guard(IN_ALL, "", key=key)
    if address is None:
        return (everybody,)
    return (guard(PER_SENDER, network_of(address), key=key), everybody)
