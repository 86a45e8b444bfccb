"""What our own people are told when a mail was given up.

Facts: ``mail_id`` and ``quote_id`` (None without a link), ``quote_number`` (may be empty), ``title`` and ``client``
of the deal, ``to`` (who should have got it), ``trouble`` (as ``OutgoingMail.last_error``), ``rep`` and ``seller``.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.clients.models import Client
from backoffice.links.models import ClientLink
from backoffice.notices.models import NoticeKind
from backoffice.notices.telling import MAILS, News, add_notice, channels_of, tell
from backoffice.notifications.events import MailGivenUp
from backoffice.notifications.models import OutgoingMail
from backoffice.opportunities.models import Opportunity
from backoffice.staff.models import StaffMember

TO_OUR_OWN = {mail: notice for notice, mail in MAILS.items()}


def tell_of_trouble(event: MailGivenUp, session: Session) -> None:
    """Whoever has the deal hears of a client's mail; one of ours hears of their own."""
    mail = session.get_one(OutgoingMail, event.mail_id)
    deal = session.get_one(Opportunity, event.opportunity_id)
    facts = {
        "quote_number": mail.facts.get("quote_number", ""),
        "title": mail.facts["title"],
        "seller": mail.facts["seller"],
        "rep": mail.facts["rep"],
        "client": session.get_one(Client, deal.client_id).name,
        "mail_id": mail.id,
        "quote_id": None if mail.link_id is None else session.get_one(ClientLink, mail.link_id).quote_id,
        "to": mail.recipient_name or mail.recipient_email,
        "trouble": mail.last_error,
    }
    cause = f"mail:{mail.id}:{event.at:%Y%m%d%H%M%S%f}"
    news = News(NoticeKind.MAIL_UNDELIVERED, deal.id, facts, event.at, cause)
    if mail.kind in TO_OUR_OWN:
        _tell_reader(session, mail, news)
    else:
        tell(session, deal.owner_id, news)


def _tell_reader(session: Session, mail: OutgoingMail, news: News) -> None:
    """By no mail, for that is what cannot reach them; and not of what the bell has told them already."""
    reader = session.scalar(sa.select(StaffMember.id).where(StaffMember.email == mail.recipient_email))
    if reader is not None and not channels_of(session, reader, TO_OUR_OWN[mail.kind]).notice:
        add_notice(session, reader, news)
