"""Every table, imported once so that relationships and migrations know them all."""

import sqlalchemy as sa

from backoffice.acceptances.models import Acceptance, AcceptanceProof
from backoffice.agenda.models import Task
from backoffice.answers.models import (
    ChangeRequest,
    Refusal,
    RenewalWish,
    RequestReply,
    Withdrawal,
)
from backoffice.balances.models import InvoiceBalance, OrderBalance
from backoffice.catalogue.models import Product, ProductImage, ProductPart
from backoffice.clients.models import Client, ClientEntry, Contact
from backoffice.credit_notes.models import CreditNote, CreditNoteLine, CreditNoteTax
from backoffice.documents.models import Document
from backoffice.families.models import ProductFamily
from backoffice.files.models import StoredFile
from backoffice.invitations.models import Invitation
from backoffice.invoices.models import Invoice, InvoiceLine, InvoiceTax
from backoffice.jobs.models import Job, JobFinding
from backoffice.legal.models import LegalText, VatRate
from backoffice.links.models import ClientLink
from backoffice.notices.models import ChannelChoice, Notice
from backoffice.notifications.models import OutgoingMail
from backoffice.numbering.models import Counter
from backoffice.opportunities.models import Opportunity, OpportunityLine, Phase, PhaseTrigger, Pipeline
from backoffice.orders.models import Order, OrderLine
from backoffice.payments.models import Payment
from backoffice.pricing.models import ClientGroup, DiscountLevel, PriceList, PriceListEntry, ProductPrice
from backoffice.quotes.models import Quote, QuoteInstalment, QuoteVersion
from backoffice.reasons.models import Reason
from backoffice.seller.models import Seller
from backoffice.signatures.models import Signature, SignatureText
from backoffice.staff.models import AccountEntry, FailureCounter, StaffMember, StaffSession
from backoffice.timeline.models import TimelineEntry

__all__ = [
    "Acceptance",
    "AcceptanceProof",
    "AccountEntry",
    "ChangeRequest",
    "ChannelChoice",
    "Client",
    "ClientEntry",
    "ClientGroup",
    "ClientLink",
    "Contact",
    "Counter",
    "CreditNote",
    "CreditNoteLine",
    "CreditNoteTax",
    "DiscountLevel",
    "Document",
    "FailureCounter",
    "Invitation",
    "Invoice",
    "InvoiceBalance",
    "InvoiceLine",
    "InvoiceTax",
    "Job",
    "JobFinding",
    "LegalText",
    "Notice",
    "Opportunity",
    "OpportunityLine",
    "Order",
    "OrderBalance",
    "OrderLine",
    "OutgoingMail",
    "Payment",
    "Phase",
    "PhaseTrigger",
    "Pipeline",
    "PriceList",
    "PriceListEntry",
    "Product",
    "ProductFamily",
    "ProductImage",
    "ProductPart",
    "ProductPrice",
    "Quote",
    "QuoteInstalment",
    "QuoteVersion",
    "Reason",
    "Refusal",
    "RenewalWish",
    "RequestReply",
    "Seller",
    "Signature",
    "SignatureText",
    "StaffMember",
    "StaffSession",
    "StoredFile",
    "Task",
    "TimelineEntry",
    "VatRate",
    "Withdrawal",
]

# For ``number LIKE 'DV2026-00%'``: PostgreSQL takes the index of the unique number in no language but C.
for _column in (Quote.number, Order.number, Order.quote_number, Invoice.number, CreditNote.number):
    sa.Index(
        f"ix_{_column.class_.__tablename__}_{_column.key}_begins",
        _column,
        postgresql_ops={_column.key: "varchar_pattern_ops"},
    )
