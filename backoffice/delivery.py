"""Mails sent, once each as far as can be: at least once, and every copy with the same ``Message-ID``."""

import logging
import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import flask_mail
import sqlalchemy as sa
from flask import Flask, current_app
from flask_babel import force_locale
from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.documents.archive import Archive
from backoffice.documents.models import Document
from backoffice.documents.rendering import Renderer
from backoffice.links.models import ClientLink
from backoffice.links.tokens import link_address
from backoffice.notifications import account_mails, mails
from backoffice.notifications.events import MailGivenUp
from backoffice.notifications.mails import Composed
from backoffice.notifications.models import MailState, OutgoingMail
from backoffice.notifications.smtp import (
    Attachment,
    Correspondent,
    Letter,
    RefusedForGood,
    Unsendable,
    is_writable,
    send,
)
from backoffice.notifications.troubles import LinkWithdrawn, kept
from backoffice.outbox import Owed, paper_is_ready, pause_after, render
from backoffice.seller.models import ONLY, Seller
from backoffice.settings import MailSettings, Settings
from backoffice.work import unit_of_work

MOST_ATTEMPTS = 20
"""With the pauses of ``pause_after`` a server may be away for eleven hours: a night."""
PART_OF_LEASE = 0.8
"""What sending may take of the lease, so that nobody else starts on a mail still being sent."""
EXCHANGES = 3
"""How many times the time-out of one exchange the whole conversation with the server may take."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Claim:
    """A mail that is ours for the length of the lease, with all that it takes to write it."""

    mail: OutgoingMail
    seller: Seller
    link: ClientLink | None
    document: Document | None
    address: str | None
    """The one address in it; None when it leads nowhere any more."""


def init_app(app: Flask) -> None:
    """Give ``app`` its archive, its renderer (whose processes start when first needed) and Flask-Mail."""
    settings: Settings = app.extensions["accord"]
    app.extensions["accord.archive"] = Archive(settings.archive)
    app.extensions["accord.renderer"] = Renderer()
    if settings.mail is not None:
        app.config.update(MAIL_SERVER=settings.mail.server, MAIL_PORT=settings.mail.port)
    app.config.update(MAIL_SUPPRESS_SEND=False, MAIL_DEBUG=0)
    flask_mail.Mail(app)


def close(app: Flask) -> None:
    """End the rendering processes."""
    app.extensions["accord.renderer"].close()


def deliver_mail(mail_id: int, at: datetime) -> list[Owed]:
    """Send one mail, if it is due and nobody else is at it; returns when to try again, if that is needed.

    Without an SMTP server it becomes *shown*, for good.
    """
    settings: Settings = current_app.extensions["accord"]
    claim = _claim_mail(mail_id, at, timedelta(seconds=settings.lease_seconds))
    if claim is None:
        return []
    if settings.mail is None:
        _end_mail(claim.mail, state=MailState.SHOWN)
        return []
    try:
        _send(claim, settings, settings.mail, at)
    except (LinkWithdrawn, Unsendable, RefusedForGood) as error:
        _give_up(claim.mail, error)
        return []
    except Exception as error:  # noqa: BLE001 - whatever it is, the row must tell it and be tried again
        return _put_off_mail(claim.mail, error)
    _end_mail(claim.mail, state=MailState.SENT, sent_at=clock.now(), last_error="")
    return []


def composed(mail: OutgoingMail, seller: Seller, link: ClientLink | None) -> Composed:
    """The mail in words, as it leaves and as *Outgoing mail* shows it."""
    return _composed(mail, seller, address_in(mail, link))


def _composed(mail: OutgoingMail, seller: Seller, address: str) -> Composed:
    with force_locale(mail.language):
        return mails.compose(mail, address, seller, render)


def subject_of(mail: OutgoingMail) -> str:
    """Its subject, for lists."""
    with force_locale(mail.language):
        return mails.subject_of(mail, render)


def address_in(mail: OutgoingMail, link: ClientLink | None) -> str:
    """The one address that a mail holds: the client's link, or for our own people the page that it tells of."""
    settings: Settings = current_app.extensions["accord"]
    if link is not None:
        return link_address(settings.secret_keys, settings.public_url, link.nonce, mail.language)
    return f"{settings.public_url}{mails.page_told_of(mail)}"


def _claim_mail(mail_id: int, at: datetime, lease: timedelta) -> _Claim | None:
    with unit_of_work() as session:
        mail = session.scalar(
            sa.update(OutgoingMail)
            .where(
                OutgoingMail.id == mail_id,
                OutgoingMail.state == MailState.QUEUED,
                OutgoingMail.available_at <= at,
                paper_is_ready(),
            )
            .values(available_at=at + lease, attempts=OutgoingMail.attempts + 1)
            .returning(OutgoingMail)
            .execution_options(synchronize_session=False)
        )
        if mail is None:
            return None
        link = None if mail.link_id is None else session.get_one(ClientLink, mail.link_id)
        address = _address_as_it_leaves(session, mail, link, at)
        if mail in session.deleted:
            return None
        document = None if mail.document_id is None else session.get_one(Document, mail.document_id)
        return _Claim(mail, session.get_one(Seller, ONLY), link, document, address)


def _address_as_it_leaves(
    session: Session, mail: OutgoingMail, link: ClientLink | None, at: datetime
) -> str | None:
    settings: Settings = current_app.extensions["accord"]
    if mail.kind in account_mails.KINDS:
        return account_mails.address_in_account_mail(
            session, mail, settings.secret_keys, settings.public_url, at
        )
    return None if link is not None and link.revoked_at is not None else address_in(mail, link)


def _send(claim: _Claim, settings: Settings, server: MailSettings, at: datetime) -> None:
    letter = _letter(claim, server, at)
    seconds = min(EXCHANGES * server.timeout, PART_OF_LEASE * settings.lease_seconds)
    send(letter, server, current_app.extensions["mail"], seconds=seconds)


def _letter(claim: _Claim, server: MailSettings, at: datetime) -> Letter:
    mail = claim.mail
    if claim.address is None:
        raise LinkWithdrawn
    words = _composed(mail, claim.seller, claim.address)
    attachments: tuple[Attachment, ...] = ()
    if claim.document is not None and claim.document.sha256 is not None:
        archive: Archive = current_app.extensions["accord.archive"]
        attachments = (Attachment(claim.document.file_name, archive.read(claim.document.sha256)),)
    rep: dict[str, Any] = mail.facts.get("rep") or {"name": "", "email": ""}
    return Letter(
        message_id=mail.message_id,
        sender=Correspondent(name=claim.seller.shown_name, address=server.sender),
        recipient=Correspondent(name=mail.recipient_name, address=mail.recipient_email),
        reply_to=_answered(mail.reply_to, rep["name"] if mail.reply_to == rep["email"] else ""),
        written_at=at,
        subject=words.subject,
        text=words.text,
        html=words.html,
        attachments=attachments,
    )


def _answered(address: str, name: str) -> Correspondent | None:
    """Who is answered, if mail can carry the address: a letter is not lost for want of an answer."""
    answered = Correspondent(name=name, address=address)
    return answered if is_writable(answered) else None


def _put_off_mail(mail: OutgoingMail, error: Exception) -> list[Owed]:
    """Later, or never again after the last attempt."""
    words = kept(error)
    expected = isinstance(error, OSError | smtplib.SMTPException)
    _log.warning(
        "mail %d, attempt %d: %s", mail.id, mail.attempts, words, exc_info=None if expected else error
    )
    if mail.attempts >= MOST_ATTEMPTS:
        _give_up(mail, error)
        return []
    again = clock.now() + pause_after(mail.attempts)
    if not _end_mail(mail, available_at=again, last_error=words):
        return []
    return [Owed(OutgoingMail.__tablename__, mail.id, again)]


def _give_up(mail: OutgoingMail, error: Exception) -> None:
    """Who has the deal hears of it, unless it was one of ours who revoked the link."""
    with unit_of_work() as session:
        written = _write_end(session, mail, state=MailState.FAILED, last_error=kept(error))
        if written and mail.opportunity_id is not None and not isinstance(error, LinkWithdrawn):
            mail.record(MailGivenUp(mail_id=mail.id, opportunity_id=mail.opportunity_id, at=clock.now()))


def _end_mail(mail: OutgoingMail, **values: Any) -> bool:
    with unit_of_work() as session:
        return _write_end(session, mail, **values)


def _write_end(session: Session, mail: OutgoingMail, **values: Any) -> bool:
    """Write how it ended, unless our lease ran out and somebody else has taken the mail since."""
    written = session.scalar(
        sa.update(OutgoingMail)
        .where(
            OutgoingMail.id == mail.id,
            OutgoingMail.state == MailState.QUEUED,
            OutgoingMail.attempts == mail.attempts,
        )
        .values(**values)
        .returning(OutgoingMail.id)
        .execution_options(synchronize_session=False)
    )
    return written is not None
