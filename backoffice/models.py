"""Every table, imported once so that relationships and migrations know them all."""

from backoffice.catalogue.models import Product
from backoffice.clients.models import Client, Contact
from backoffice.documents.models import Document
from backoffice.invoices.models import Invoice, InvoiceLine
from backoffice.legal.models import LegalText, VatRate
from backoffice.links.models import ClientLink
from backoffice.notifications.models import Notice, OutgoingMail
from backoffice.numbering.models import Counter
from backoffice.opportunities.models import Opportunity, OpportunityLine, Phase, PhaseTrigger, Pipeline
from backoffice.orders.models import Order, OrderLine
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.seller.models import Seller
from backoffice.signatures.models import Signature, SignatureText
from backoffice.staff.models import FailureCounter, StaffMember, StaffSession
from backoffice.timeline.models import TimelineEntry

__all__ = [
    "Client",
    "ClientLink",
    "Contact",
    "Counter",
    "Document",
    "FailureCounter",
    "Invoice",
    "InvoiceLine",
    "LegalText",
    "Notice",
    "Opportunity",
    "OpportunityLine",
    "Order",
    "OrderLine",
    "OutgoingMail",
    "Phase",
    "PhaseTrigger",
    "Pipeline",
    "Product",
    "Quote",
    "QuoteVersion",
    "Seller",
    "Signature",
    "SignatureText",
    "StaffMember",
    "StaffSession",
    "TimelineEntry",
    "VatRate",
]
