"""Recording what a client chose who accepted otherwise than on their page."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from backoffice import clock
from backoffice.acceptances.models import Acceptance
from backoffice.acceptances.recording import record_acceptance
from backoffice.clients.models import Standing
from backoffice.db import Bilingual, db
from backoffice.opportunities.models import LineKind, OpportunityLine
from backoffice.orders.models import Order
from backoffice.quotes import canonical
from backoffice.quotes.models import QuoteVersion
from backoffice.quotes.refusals import ChoiceNotOffered, QuoteChanged
from backoffice.work import unit_of_work
from tests.factories import (
    a_client,
    a_further_link,
    a_line,
    a_member,
    a_sent_quote,
    accepting,
    address_of,
    an_opportunity,
    everything,
    kept_file,
)
from tests.reader import Page

VARNISH, OIL, POLISH, LEGS = "Vernis", "Finition huilée", "Finition cirée", "Pieds"


def an_offer() -> list[OpportunityLine]:
    """A table at 1,000 €; varnish at 100 €, not ticked; of two finishes the cheaper; 4 legs at 10 €, from 3 to 6."""
    option, legs = a_line(VARNISH, price="100"), a_line(LEGS, "4", "10")
    option.is_optional = True
    legs.quantity_min, legs.quantity_max = Decimal(3), Decimal(6)
    finishes = OpportunityLine(kind=LineKind.SECTION, name=Bilingual("Finition", "Finish"), one_of=True)
    variants = [a_line(OIL, price="50"), a_line(POLISH, price="80")]
    variants[0].is_taken = True
    return [a_line("Table"), option, legs, finishes, *variants]


class Desk:
    """A rep at a browser whose client, a firm, telephones about a quote that leaves a choice."""

    def __init__(self, signed_in) -> None:
        self.owner = a_member(language="en")
        client = a_client(self.owner, Standing.PROFESSIONAL)
        self.deal = an_opportunity(self.owner, client, an_offer())
        self.quote, self.link = a_sent_quote(self.deal)
        self.rep = signed_in(self.owner)
        self.address = f"/quotes/{self.quote}/acceptance"

    def fields(self, **typed: str) -> dict[str, Any]:
        form = self.rep.page(self.address).form("/acceptance")
        return form["fields"] | {"method": "telephone", "checked": "y"} | typed

    def key(self, name: str) -> str:
        """The short name of a line in the form."""
        (version,) = versions()[-1:]
        line = next(each for each in version.read()["lines"] if each.get("name", {}).get("fr") == name)
        return str(line["id"].replace("-", "")[:6])

    def group(self) -> str:
        return f"g.{self.key('Finition')}"

    def choice(self) -> dict[str, str]:
        """With varnish and polish, on 6 legs: 1000 + 100 + 60 + 80, and VAT."""
        return {
            "o": self.key(VARNISH),
            self.group(): self.key(POLISH),
            f"q.{self.key(LEGS)}": "6",
        }

    def recalculate(self, fields: Mapping[str, Any]):
        return self.rep.post(self.address, data={**fields, "recalculate": "yes"})

    def record(self, fields: Mapping[str, Any]):
        return self.rep.post(self.address, data=fields)


def versions() -> list[QuoteVersion]:
    with Session(db.engine) as session:
        return list(session.scalars(sa.select(QuoteVersion).order_by(QuoteVersion.number)))


def acceptances() -> list[Acceptance]:
    with Session(db.engine) as session:
        return list(session.scalars(sa.select(Acceptance)))


def the_order() -> Order:
    with Session(db.engine) as session:
        return session.scalars(sa.select(Order).options(selectinload(Order.lines))).one()


@pytest.fixture
def desk(app, signed_in) -> Desk:
    return Desk(signed_in)


def test_the_page_offers_what_the_client_could_choose_as_the_seller_proposed_it(desk):
    page = desk.rep.page(desk.address)
    fields = page.form("/acceptance")["fields"]
    assert "o" not in fields
    assert fields[desk.group()] == desk.key(OIL)
    assert fields[f"q.{desk.key(LEGS)}"] == "4"
    assert "€1,308.00" in page.text  # 1000 + 40 + 50, and VAT


def test_a_quote_without_a_choice_asks_for_none(signed_in, app):
    owner = a_member(language="en")
    quote, _ = a_sent_quote(an_opportunity(owner, a_client(owner, Standing.PROFESSIONAL)))
    page = signed_in(owner).page(f"/quotes/{quote}/acceptance")
    assert "What the client chose" not in page.text
    assert "recalculate" not in dict(page.form("/acceptance")["buttons"])


def test_recalculating_shows_the_sum_records_nothing_and_keeps_what_was_typed(desk):
    before = everything()
    answer = desk.recalculate(desk.fields(note="Rappeler lundi", name="Anne Kerleo") | desk.choice())
    page = Page(answer.text)
    fields = page.form("/acceptance")["fields"]
    assert answer.status_code == 200
    assert everything() == before
    assert "€1,488.00" in page.text
    assert (fields["note"].strip(), fields["name"], fields["method"]) == (
        "Rappeler lundi", "Anne Kerleo", "telephone"
    )  # fmt: skip
    assert "checked" not in fields  # the sum is another now
    assert fields[desk.group()] == desk.key(POLISH)


def test_what_the_client_chose_is_recorded_ordered_and_shown_to_them(client, desk):
    page = Page(desk.recalculate(desk.fields() | desk.choice()).text)
    answer = desk.record(page.form("/acceptance")["fields"] | {"checked": "y"})
    assert answer.status_code == 303
    order = the_order()
    assert (order.net, order.gross) == (Decimal(1240), Decimal(1488))
    assert {line.name.fr: line.quantity for line in order.lines} == {
        "Table": 1, VARNISH: 1, LEGS: 6, POLISH: 1
    }  # fmt: skip
    (acceptance,) = acceptances()
    (version,) = versions()
    selection = {each["id"]: each["quantity"] for each in canonical.read(acceptance.selection)}
    assert acceptance.combined_digest == version.choose(selection).digest
    shown = client.page(address_of(desk.link, "en")).text
    assert "€1,488.00" in shown
    assert "Option, taken" in shown


def test_a_choice_that_was_never_added_up_is_asked_again_with_its_sum(desk):
    answer = desk.record(desk.fields() | desk.choice())
    page = Page(answer.text)
    assert answer.status_code == 409
    assert "not the one whose total you had read" in page.text
    assert "€1,488.00" in page.text
    assert acceptances() == []
    again = page.form("/acceptance")["fields"]
    assert "checked" not in again
    assert desk.record(again | {"checked": "y"}).status_code == 303
    assert the_order().gross == Decimal(1488)


@pytest.mark.parametrize("typed", ["7", "2", "4,5", "plein", ""])
@pytest.mark.parametrize("button", [{}, {"recalculate": "yes"}])
def test_a_quantity_that_was_not_offered_is_refused_with_what_was(desk, typed, button):
    before = everything()
    answer = desk.record(desk.fields() | {f"q.{desk.key(LEGS)}": typed} | button)
    page = Page(answer.text)
    assert answer.status_code == 422
    assert "Pieds (en): Choose a whole number from 3 to 6." in page.text
    assert f'value="{typed or 4}"' in answer.text
    assert re.search(rf'id="q-{desk.key(LEGS)}"[^>]*aria-invalid="true"', answer.text)
    assert everything() == before


def test_a_variant_that_nobody_offered_is_as_the_seller_proposes(desk):
    answer = desk.record(desk.fields() | {desk.group(): "ffffff"})
    assert answer.status_code == 303
    assert OIL in {line.name.fr for line in the_order().lines}


def test_what_was_chosen_of_another_version_is_kept_and_read_again(desk):
    fields = Page(desk.recalculate(desk.fields() | desk.choice()).text).form("/acceptance")["fields"]
    a_further_link(desk.quote)
    answer = desk.record(fields | {"checked": "y"})
    page = Page(answer.text)
    assert answer.status_code == 409
    assert "Somebody sent another version meanwhile" in page.text
    assert page.form("/acceptance")["fields"]["o"] == desk.key(VARNISH)
    assert "€1,488.00" in page.text
    assert acceptances() == []


def test_the_digest_binds_the_choice(desk):
    (version,) = versions()
    usual = version.usual_selection()
    other = dict(usual)
    option = next(each for each in version.read()["lines"] if each.get("offer") == "option")
    other[option["id"]] = option["quantity"]
    proof, said = kept_file(), accepting(desk.owner, proofs=1)
    seen_as = version.choose(usual).digest
    with pytest.raises(QuoteChanged), unit_of_work() as session:
        record_acceptance(session, desk.quote, said, other, [proof], at=clock.now(), seen_as=seen_as)
    assert acceptances() == []


@pytest.mark.parametrize("wrong", ["unknown", "without_firm", "two_variants", "no_variant", "too_many"])
def test_a_choice_that_the_version_does_not_offer_is_no_acceptance(desk, wrong):
    (version,) = versions()
    lines = {each["name"]["fr"]: each for each in version.read()["lines"] if each["kind"] == "item"}
    selection = dict(version.usual_selection())
    if wrong == "unknown":
        selection["00000000-0000-4000-8000-000000000000"] = 10_000
    elif wrong == "without_firm":
        del selection[lines["Table"]["id"]]
    elif wrong == "two_variants":
        selection[lines[POLISH]["id"]] = 10_000
    elif wrong == "no_variant":
        del selection[lines[OIL]["id"]]
    else:
        selection[lines[LEGS]["id"]] = 70_000
    proof, said = kept_file(), accepting(desk.owner, proofs=1)
    before = everything()
    with pytest.raises(ChoiceNotOffered), unit_of_work() as session:
        record_acceptance(session, desk.quote, said, selection, [proof], at=clock.now(), seen_as="0" * 64)
    assert everything() == before


def test_a_foreign_rep_recalculates_nothing(desk, signed_in):
    stranger = signed_in(a_member(email="autre@atelier-duval.example"))
    answer = stranger.post(desk.address, data=desk.fields() | desk.choice() | {"recalculate": "yes"})
    assert answer.status_code == 404
