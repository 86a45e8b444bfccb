"""What a draft lacks of its client is mended on the client's page, which leads back."""

from backoffice.clients.models import Standing
from backoffice.db import Address
from backoffice.staff.models import Role
from tests.factories import a_client, a_member, a_seller, a_signed_quote, an_invoice, an_opportunity, order_of


def test_a_draft_leads_to_its_client_and_the_client_back_to_it(app, signed_in):
    a_seller()
    rep = a_member()
    client = a_client(rep, Standing.PROFESSIONAL, siren="", billing=Address())
    draft = an_invoice(order_of(a_signed_quote(an_opportunity(rep, client))[2]))
    reader = signed_in(rep)
    way = f"/clients/{client}/edit?back=/invoices/{draft}"
    assert way in reader.page(f"/invoices/{draft}").links
    typed = {"siren": "552100554", "postcode": "35000", "city": "Rennes"}
    answer = reader.submit(way, typed, f"/clients/{client}")
    assert (answer.status_code, answer.location) == (303, f"/invoices/{draft}")
    page = reader.page(f"/invoices/{draft}")
    assert "35000 Rennes" in page.text
    assert reader.submit(f"/invoices/{draft}", {}, "/issue").status_code == 303
    assert way not in reader.page(f"/invoices/{draft}").links  # frozen


def test_an_accountant_who_sees_no_clients_completes_the_address_on_the_draft_itself(app, signed_in):
    a_seller()
    rep = a_member()
    client = a_client(rep, Standing.PROFESSIONAL, billing=Address())
    draft = an_invoice(order_of(a_signed_quote(an_opportunity(rep, client))[2]))
    page = signed_in(a_member(Role.ACCOUNTANT)).page(f"/invoices/{draft}")
    assert not [link for link in page.links if link.startswith("/clients/")]
    assert page.form("client-address")
