"""What is still open of each order and invoice, kept up to date so that a list of many can ask for the few.

Derived from invoices, credit notes and payments, whose rows nothing changes: ``payments.settlement`` and
``invoices.billed`` say the same of one order, and a page of one thing asks them.
"""

from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.db import Amount, Base, Id


class OrderBalance(Base):
    """``open``: what is not invoiced yet, VAT included; what a credit note took back can be invoiced again."""

    __tablename__ = "order_balances"
    __table_args__ = (
        sa.Index(
            "ix_order_balances_open",
            "order_id",
            sqlite_where=sa.text("open > 0"),
            postgresql_where=sa.text("open > 0"),
        ),
    )

    order_id: Mapped[Id] = mapped_column(
        sa.ForeignKey("orders.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False
    )
    open: Mapped[Decimal] = mapped_column(Amount)


class InvoiceBalance(Base):
    """Of an issued invoice. ``open``: what the client owes, VAT included; negative when money is to go back."""

    __tablename__ = "invoice_balances"
    __table_args__ = (
        sa.Index(
            "ix_invoice_balances_open",
            "due_on",
            "invoice_id",
            sqlite_where=sa.text("open <> 0"),
            postgresql_where=sa.text("open <> 0"),
        ),
    )

    invoice_id: Mapped[Id] = mapped_column(
        sa.ForeignKey("invoices.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False
    )
    due_on: Mapped[date]
    open: Mapped[Decimal] = mapped_column(Amount)
