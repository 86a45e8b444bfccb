"""Lists longer than a page: quotes, orders, invoices and clients."""

import re

from backoffice.clients.models import Client, ClientKind, Standing
from backoffice.work import unit_of_work
from tests.factories import (
    PAST,
    a_client,
    a_line,
    a_member,
    a_signed_quote,
    an_invoice,
    an_opportunity,
    order_of,
)

PAGE = 50


def entries(reader, address: str, what: str) -> list[str]:
    """Where the entries of a page of a list lead."""
    return [link for link in reader.page(address).links if re.fullmatch(rf"/{what}/\d+", link)]


def leaf_through(reader, what: str, leading_to: str = "") -> None:
    """``PAGE + 1`` entries on two pages, none on both; a page beyond the last is the last."""
    target = leading_to or what
    first, second = (entries(reader, f"/{what}?page={page}", target) for page in (1, 2))
    assert (len(first), len(second)) == (PAGE, 1), what
    assert first[-1] not in second
    assert len({*first, *second}) == PAGE + 1
    for beyond in (3, 99):
        assert entries(reader, f"/{what}?page={beyond}", target) == second
    for odd in ("0", "-1", "x"):
        assert entries(reader, f"/{what}?page={odd}", target) == first
    assert f"/{what}?page=2" in reader.page(f"/{what}").links
    assert f"/{what}?page=1" in reader.page(f"/{what}?page=2").links


def test_clients_fill_one_page_after_the_other(signed_in, app):
    rep = a_member()
    with unit_of_work() as session:
        session.add_all(
            Client(
                kind=ClientKind.COMPANY, standing=Standing.PROFESSIONAL, name=f"Martin {number % 7}", owner_id=rep, created_at=PAST,
            )
            for number in range(PAGE + 1)
        )  # fmt: skip
    leaf_through(signed_in(rep), "clients")


def test_quotes_orders_and_invoices_fill_one_page_after_the_other(signed_in, app):
    rep = a_member()
    client = a_client(rep)
    for number in range(PAGE + 1):
        deal = an_opportunity(rep, client, [a_line()])
        _, _, signature = a_signed_quote(deal)
        an_invoice(order_of(signature), issued=bool(number % 2))
    reader = signed_in(rep)
    leaf_through(reader, "quotes", leading_to="opportunities")
    leaf_through(reader, "orders")
    leaf_through(reader, "invoices")
