"""A client chooses without JavaScript: the choice is in the address, and it is what is signed, ordered and filed."""

import re
from decimal import Decimal

import pytest
import sqlalchemy as sa

from backoffice.catalogue.images import image_bytes
from backoffice.db import Bilingual, db
from backoffice.errors import NotFound
from backoffice.links.models import ClientLink
from backoffice.money import Recurrence
from backoffice.opportunities.models import LineKind, OpportunityLine
from backoffice.orders.models import Order, OrderLine
from backoffice.quotes.models import QuoteVersion
from backoffice.signatures.models import Signature
from tests.factories import (
    a_line,
    a_member,
    a_picture,
    a_product,
    a_seller,
    a_sent_quote,
    address_of,
    an_opportunity,
    everything,
)
from tests.reader import Page, PageReader


def a_section(name: str, **more: bool) -> OpportunityLine:
    return OpportunityLine(kind=LineKind.SECTION, name=Bilingual(name, f"{name} (en)"), **more)


@pytest.fixture
def link(app) -> ClientLink:
    """A consumer's quote: a firm line, two variants, a ticked option of 4 to 12, another not ticked, a monthly one."""
    a_seller()
    huile, vernis = a_line("Huile", "10", "5"), a_line("Vernis", "10", "8")
    huile.is_taken = True
    lampes, echelle, entretien = (
        a_line("Lampes", "6", "40"),
        a_line("Échelle", "1", "500"),
        a_line("Entretien", "1", "30"),
    )
    lampes.is_optional, lampes.is_taken, lampes.quantity_min, lampes.quantity_max = (
        True,
        True,
        Decimal(4),
        Decimal(12),
    )
    echelle.is_optional = True
    entretien.recurrence, entretien.is_optional = Recurrence.MONTHLY, True
    firm = a_line("Bibliothèque", "1", "1000")
    lines = [
        firm,
        a_section("Finition", one_of=True),
        huile,
        vernis,
        a_section("Options"),
        lampes,
        echelle,
        entretien,
    ]
    return a_sent_quote(an_opportunity(a_member(), lines=lines))[1]


@pytest.fixture
def client(app) -> PageReader:
    app.test_client_class = PageReader
    return app.test_client()


def choose(client: PageReader, link: ClientLink, language: str = "fr", **typed: object) -> tuple[Page, str]:
    """Fill the form of the choice as it came, send it, and follow where it leads."""
    address = address_of(link).replace("/fr/", f"/{language}/")
    content = db.session.scalars(sa.select(QuoteVersion)).one().read()
    by_name = {line["name"]["fr"]: line["id"].replace("-", "")[:6] for line in content["lines"]}
    values: list[tuple[str, str]] = [("v", "1")]
    values += [("o", by_name[str(name)]) for name in typed.pop("ticked", ["Lampes"])]
    values += [(f"g.{by_name['Finition']}", by_name[str(typed.pop("variant", "Huile"))])]
    values += [(f"q.{by_name['Lampes']}", str(typed.pop("lampes", "6")))]
    values += [(name, by_name[str(each)]) for name, each in typed.items()]
    answer = client.get(f"{address}/choice", query_string=values, follow_redirects=True)
    return Page(answer.text), answer.request.path + "?" + answer.request.query_string.decode()


def grand(page: Page) -> list[str]:
    return re.findall(r"Total TTC\s*([\d\s]+,\d\d)", page.text.replace("\u202f", " ").replace("\u00a0", " "))


def test_who_opens_the_link_sees_what_the_seller_proposes_and_what_it_may_come_to(client, link):
    page = client.page(address_of(link))
    assert grand(page)[0] == "1 548,00"
    assert "1 260,00 € – 2 472,00 €" in page.text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("typed", "total"),
    [
        ({"ticked": []}, "1 260,00"),
        ({"ticked": ["Lampes", "Échelle"]}, "2 148,00"),
        ({"variant": "Vernis"}, "1 584,00"),
        ({"lampes": "12"}, "1 836,00"),
        ({"more": "Lampes"}, "1 596,00"),
        ({"lampes": "4", "less": "Lampes"}, "1 452,00"),
        ({"lampes": "12", "more": "Lampes"}, "1 836,00"),
    ],
)
def test_the_total_is_that_of_the_choice_and_stays_in_the_address(client, link, typed, total):
    page, address = choose(client, link, **typed)
    assert grand(page)[0] == total
    assert grand(client.page(address))[0] == total
    english = client.page(address.replace("/fr/", "/en/"))
    assert f"€{total.replace(' ', ',').replace(',00', '.00')}" in english.text


def test_choosing_stores_nothing(client, link):
    before = everything()
    choose(client, link, ticked=["Échelle"], variant="Vernis", lampes="9")
    assert everything() == before


@pytest.mark.parametrize("typed", ["3", "13", "4,5", "beaucoup", "", "-5"])
def test_a_quantity_that_is_not_offered_is_said_and_stays_typed(client, link, typed):
    page, _ = choose(client, link, lampes=typed)
    assert "Choisissez un nombre entier de 4 à 12." in page.text
    assert grand(page)[0] == "1 548,00"
    assert "Accepter et signer" not in page.text


@pytest.mark.parametrize(
    "query", ["v=1&o=zzzzzz", "v=1&g.x=y&q.z=9", "v=9&o=abcdef", "v=&n.%00=1", "v=1&n.aaaaaa=99999999999999999999", "o=1", "less=x&more=y"]
)  # fmt: skip
def test_a_forged_address_chooses_nothing_that_is_not_offered(client, link, query):
    answer = client.get(f"{address_of(link)}?{query}")
    assert answer.status_code == 200
    assert grand(Page(answer.text))[0] in {"1 548,00", "1 260,00"}


def sign(client: PageReader, address: str) -> None:
    to_sign = address.replace("?", "/sign?")
    form = client.page(to_sign).form("/sign")
    typed = {"mention": "Bon pour accord", "consent": "y", "way": "typed"}
    answer = client.post(form["action"], data=form["fields"] | typed)
    assert answer.status_code == 303, Page(answer.text).text


def test_the_choice_is_what_is_signed_and_ordered(client, link):
    page, address = choose(client, link, ticked=["Lampes", "Entretien"], variant="Vernis", lampes="8")
    assert grand(page)[0] == "1 680,00"
    sign(client, address)
    db.session.rollback()  # what was read before is not what is there now
    order = db.session.scalars(sa.select(Order)).one()
    lines = db.session.scalars(sa.select(OrderLine).order_by(OrderLine.position)).all()
    assert [(line.name.fr, line.quantity, line.section.fr) for line in lines] == [
        ("Bibliothèque", 1, ""),
        ("Vernis", 10, "Finition"),
        ("Lampes", 8, "Options"),
        ("Entretien", 1, "Options"),
    ]
    assert (order.net, order.vat, order.gross) == (1400, 280, 1680)
    assert [(each["recurrence"], each["gross"]) for each in order.recurring] == [("monthly", 3600)]
    done = client.page(f"{address_of(link)}/signed").text
    assert "Vernis, 10" in done
    assert "Échelle" not in done
    again = client.page(f"{address_of(link)}?v=1&o=&g.x=1").text
    assert grand(Page(client.get(address_of(link)).text))[0] == "1 680,00"
    assert "Échelle" in again


def test_another_address_while_signing_is_another_choice_and_must_be_read_again(client, link):
    """The form says which totals were seen; an address that was changed under it does not sign others."""
    _, address = choose(client, link, lampes="8")
    _, dearer = choose(client, link, lampes="12")
    form = client.page(address.replace("?", "/sign?")).form("/sign")
    typed = {"mention": "Bon pour accord", "consent": "y", "way": "typed"}
    answer = client.post(dearer.replace("?", "/sign?"), data=form["fields"] | typed)
    assert answer.status_code == 409
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == 0


def test_the_choice_is_still_there_after_asking_for_a_change(client, link):
    _, address = choose(client, link, lampes="8")
    form = client.page(address.replace("?", "/changes?")).form("/changes")
    answer = client.post(form["action"], data=form["fields"] | {"text": "Plutôt en chêne"})
    assert answer.status_code == 303
    back = [each for each in client.page(answer.location).links if each.startswith(f"{address_of(link)}?")]
    assert grand(client.page(back[0]))[0] == "1 644,00"


def test_a_section_that_hides_prices_tells_its_sum_and_no_other(client, app):
    a_seller()
    lines = [
        a_section("Salon", hides_prices=True),
        a_line("Plateau", "2", "123"),
        a_line("Pieds", "4", "45.5"),
        a_section("Suite"),
        a_line("Pose", "1", "60"),
    ]
    link = a_sent_quote(an_opportunity(a_member(), lines=lines))[1]
    read = [client.page(address_of(link)).text, client.page(f"{address_of(link)}/sign").text]
    sign(client, f"{address_of(link)}?")
    read += [client.page(address_of(link)).text, client.page(f"{address_of(link)}/signed").text]
    for text in (each.replace("\u202f", " ").replace("\u00a0", " ") for each in read):
        assert "Plateau" in text
        assert "513,60" in text or "585,60" in text
        for hidden in ("147,60", "295,20", "54,60", "218,40"):
            assert hidden not in text


@pytest.mark.parametrize("off", ["percent", "amount"])
def test_a_section_that_hides_prices_hides_what_was_taken_off_them(client, app, off):
    """A percentage with the sum of the section, or an amount, tells what a line costs."""
    a_seller()
    hidden, open_ = a_line("Plateau", "1", "1000"), a_line("Pose", "1", "60")
    for line in (hidden, open_):
        line.discount, line.discount_amount = (
            (Decimal(10), Decimal(0)) if off == "percent" else (Decimal(0), Decimal(25))
        )
    lines = [a_section("Salon", hides_prices=True), hidden, a_section("Suite"), open_]
    link = a_sent_quote(an_opportunity(a_member(), lines=lines))[1]
    words = "Remise de 10 % déduite" if off == "percent" else "Remise de 30,00 € déduite"
    page = client.page(address_of(link)).text.replace("\u202f", " ").replace("\u00a0", " ")
    assert page.count(words) == 1, page


@pytest.mark.parametrize("wanted", ["Huile", "Vernis"])
def test_counting_a_variant_chooses_it(client, app, wanted):
    """Wherever it stands among the others."""
    a_seller()
    variants = [a_line("Huile", "2", "5"), a_line("Vernis", "2", "8")]
    for line in variants:
        line.quantity_min, line.quantity_max, line.is_taken = Decimal(1), Decimal(9), line.name.fr != wanted
    link = a_sent_quote(an_opportunity(a_member(), lines=[a_section("Finition", one_of=True), *variants]))[1]
    row = re.search(
        rf'value="(\w+)"(?: checked)?><span>\s*<strong>{wanted}', client.get(address_of(link)).text
    )
    assert row is not None
    answer = client.get(f"{address_of(link)}/choice?v=1&more={row[1]}", follow_redirects=True)
    assert f"{wanted}, 3" in client.page(answer.request.url.replace("?", "/sign?")).text


def test_a_client_sees_the_pictures_of_their_quote_and_no_other(client, app):
    a_seller()
    digest, other = a_picture(a_product()), a_picture(a_product("AUTRE", "Autre"))
    line = a_line("Plateau")
    line.image_sha256 = digest
    link = a_sent_quote(an_opportunity(a_member(), lines=[line]))[1]
    answer = client.get(f"{address_of(link)}/images/{digest}")
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.data == image_bytes(app.extensions["accord.archive"], db.session(), digest)[0]
    if other != digest:
        assert client.get(f"{address_of(link)}/images/{other}").status_code == 404
    assert client.get(f"{address_of(link)}/images/{'0' * 64}").status_code == 404
    with pytest.raises(NotFound):
        image_bytes(app.extensions["accord.archive"], db.session(), "0" * 64)
