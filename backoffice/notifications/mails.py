"""What each mail says.

The facts of a mail (``OutgoingMail.facts``) are strings and whole numbers: amounts in hundredths, days and
moments in ISO 8601. All kinds: ``quote_number``, ``version``, ``title`` {fr, en}, ``gross``,
``recurring`` [[how often, net, gross]], ``currency``, ``seller`` (name), ``rep`` {name, phone, email}. Besides:

- quote_invitation: ``net``, ``standing`` ("consumer" or "professional"), ``valid_until``;
- quote_signed_client: ``order_number``, ``signer``, ``signed_at``;
- quote_signed_rep: the same, ``client`` and ``signer_function``;
- those of an acceptance (``notifications.of_acceptances``): ``order_number``, ``said_by``, ``method``,
  ``accepted_on``, ``recorded_by``, ``standing``; to the rep ``client`` too;
- those of an answer (``notifications.of_answers``): ``valid_until``, to the client ``words`` (their own, or the
  rep's), besides ``reply`` or ``reason`` {fr, en}; to the rep ``client`` and ``said_by`` too.

Mails of what colleagues did, and of mails given up, have those that ``of_colleagues`` and ``of_troubles`` name.
Mails about accounts have facts of their own: see ``notifications.account_mails``.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from backoffice.acceptances.models import Method
from backoffice.acceptances.words import how
from backoffice.db import Bilingual, unscaled
from backoffice.notifications.models import MailKind, OutgoingMail
from backoffice.notifications.troubles import told_to_reader
from backoffice.seller.models import Seller

Render = Callable[[str, dict[str, Any]], str]
"""Template name and context to text, in the language that the caller has set."""

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@dataclass(frozen=True)
class Composed:
    """A mail in words: the subject on one line, and the same content twice."""

    subject: str
    text: str
    html: str


def new_message_id(domain: str) -> str:
    """A Message-ID of RFC 5322 that nobody can guess; ``domain`` is that of the rep's e-mail."""
    return f"<{secrets.token_hex(16)}@{domain.encode('idna').decode()}>"


def compose(mail: OutgoingMail, link_url: str, seller: Seller, render: Render) -> Composed:
    """``mail`` in words. ``link_url``: the one address in it; ``render`` speaks ``mail.language``."""
    subject = subject_of(mail, render)
    context = {
        **_read(mail),
        "subject": subject,
        "link": link_url,
        "seller": seller,
        "timezone": seller.timezone,
    }
    text = render(f"mail/{mail.kind.value}/body.txt", context)
    return Composed(
        subject=subject,
        text=re.sub(r"\n{3,}", "\n\n", text).strip() + "\n",
        html=render(f"mail/{mail.kind.value}/body.html", context),
    )


def subject_of(mail: OutgoingMail, render: Render) -> str:
    """The subject alone, on one line whatever its facts hold."""
    return " ".join(render(f"mail/{mail.kind.value}/subject.txt", _read(mail)).split())


def page_told_of(mail: OutgoingMail) -> str:
    """The path of the back office that a mail to one of ours leads to."""
    match mail.kind:
        case MailKind.MAIL_UNDELIVERED:
            return f"/mail/{mail.facts['mail_id']}"
        case MailKind.TASK_ASSIGNED:
            return f"/tasks/{mail.facts['task_id']}"
        case MailKind.HANDED_OVER if mail.facts["count"] > 1:
            return "/opportunities"
        case _:
            return f"/opportunities/{mail.opportunity_id}"


def style_hash(html: str) -> str:
    """The source expression that lets a Content-Security-Policy accept the mail's own style sheet, and no other."""
    found = _STYLE.search(html)
    digest = hashlib.sha256((found.group(1) if found else "").encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _read(mail: OutgoingMail) -> dict[str, Any]:
    """The facts as templates want them: decimals, days and moments; one language of each text."""
    facts = dict(mail.facts)
    facts["language"] = mail.language
    facts["recipient"] = mail.recipient_name
    facts["mail_to"] = mail.recipient_email
    if isinstance(facts.get("title"), dict):  # of a quote; that of a deal is in one language
        facts["title"] = Bilingual(**facts["title"]).text(mail.language)
    if "reason" in facts:
        facts["reason"] = Bilingual(**facts["reason"]).text(mail.language)
    again = facts.get("recurring", ())  # a mail from before this was told has none
    facts["net_again"], facts["gross_again"] = (
        [(each[0], unscaled(each[column], 2)) for each in again] for column in (1, 2)
    )
    read = {name: READINGS[name](value) for name, value in facts.items() if name in READINGS}
    if "method" in facts:
        read["how"] = how(Method(facts["method"]))
    return facts | read


READINGS: Mapping[str, Callable[[Any], Any]] = {
    "gross": lambda value: unscaled(value, 2),
    "net": lambda value: unscaled(value, 2),
    "valid_until": date.fromisoformat,
    "accepted_on": date.fromisoformat,
    "due_on": date.fromisoformat,
    "signed_at": datetime.fromisoformat,
    "at": datetime.fromisoformat,
    "until": datetime.fromisoformat,
    "trouble": told_to_reader,
}
"""What a fact that is kept as a string or a whole number stands for."""
