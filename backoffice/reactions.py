"""Every consequence of every event, on one page: read this to know what the product does."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from backoffice.acceptances.events import QuoteAccepted
from backoffice.agenda.events import TaskFinished, TaskPlanned
from backoffice.agenda.planning import add_follow_up, tasks_go_along
from backoffice.answers.events import (
    ChangesRequested,
    QuoteLapsed,
    QuoteRefused,
    QuoteWithdrawn,
    RenewalAsked,
    RequestAnswered,
)
from backoffice.balances.keeping import open_order, owe_again, owe_invoice, settle, take_back
from backoffice.clients.events import ClientArchived, ClientGivenTo, ClientRestored, ClientsMerged
from backoffice.clients.history import note_on_client
from backoffice.credit_notes.events import CreditNoteIssued
from backoffice.documents.wanted import (
    want_credit_note_document,
    want_invoice_document,
    want_quote_document,
    want_signed_copy,
)
from backoffice.events import Event
from backoffice.files.events import FileTouched
from backoffice.invitations.events import InvitationSent
from backoffice.invoices.events import InvoiceDiscarded, InvoiceDrafted, InvoiceIssued
from backoffice.links.events import LinkRevoked, LinkSent
from backoffice.notifications.account_mails import invite_colleague, tell_account_holder
from backoffice.notifications.events import MailGivenUp
from backoffice.notifications.of_acceptances import confirm_acceptance, tell_owner_of_acceptance
from backoffice.notifications.of_answers import (
    confirm_refusal,
    confirm_request,
    send_reply,
    tell_client_of_withdrawal,
    tell_rep_of_expiry,
    tell_rep_of_refusal,
    tell_rep_of_request,
    tell_rep_of_wish,
)
from backoffice.notifications.of_colleagues import tell_assignee, tell_new_owner
from backoffice.notifications.of_signatures import tell_rep
from backoffice.notifications.of_troubles import tell_of_trouble
from backoffice.notifications.queueing import invite_client, send_link, thank_client
from backoffice.opportunities.events import (
    OpportunityExpired,
    OpportunityLost,
    OpportunityOpened,
    OpportunityReopened,
)
from backoffice.opportunities.following import opportunity_follows
from backoffice.orders.events import OrderPlaced
from backoffice.orders.placing import place_order
from backoffice.payments.events import PaymentRecorded, PaymentReversed
from backoffice.people.events import DealsHandedOver
from backoffice.quotes.events import QuotePresented, QuoteSent, QuoteSigned
from backoffice.staff.events import AccountChanged
from backoffice.staff.noting import note_account
from backoffice.timeline.notes import note, note_appointment, note_hand_over

Reaction = Callable[[Any, Session], None]

REACTIONS: Mapping[type[Event], tuple[Reaction, ...]] = {
    QuoteSent: (opportunity_follows, note, want_quote_document, invite_client),
    QuotePresented: (note,),
    QuoteSigned: (place_order, opportunity_follows, note, want_signed_copy, tell_rep, thank_client),
    QuoteAccepted: (
        place_order,
        opportunity_follows,
        note,
        tell_owner_of_acceptance,
        confirm_acceptance,
    ),
    ChangesRequested: (opportunity_follows, note, tell_rep_of_request, confirm_request),
    RequestAnswered: (note, send_reply),
    QuoteRefused: (opportunity_follows, note, tell_rep_of_refusal, confirm_refusal),
    QuoteWithdrawn: (note, tell_client_of_withdrawal),
    QuoteLapsed: (opportunity_follows, note, tell_rep_of_expiry),
    RenewalAsked: (note, tell_rep_of_wish),
    LinkSent: (note, send_link),
    LinkRevoked: (note,),
    OrderPlaced: (open_order, note),
    InvoiceDrafted: (note,),
    InvoiceIssued: (owe_invoice, note, want_invoice_document),
    MailGivenUp: (tell_of_trouble,),
    InvitationSent: (invite_colleague,),
    AccountChanged: (note_account, tell_account_holder),
    DealsHandedOver: (note_hand_over, tasks_go_along, tell_new_owner),
    OpportunityOpened: (note, add_follow_up),
    OpportunityLost: (note,),
    OpportunityExpired: (note,),
    OpportunityReopened: (note,),
    TaskPlanned: (note_appointment, tell_assignee),
    TaskFinished: (note,),
    FileTouched: (note,),
    InvoiceDiscarded: (note,),
    CreditNoteIssued: (take_back, note, want_credit_note_document),
    PaymentRecorded: (settle, note),
    PaymentReversed: (owe_again, note),
    ClientArchived: (note_on_client,),
    ClientRestored: (note_on_client,),
    ClientGivenTo: (note_on_client,),
    ClientsMerged: (note_on_client,),
}
