"""A quote that is paid in instalments: what they come to, how a rep states them, and who is told."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from backoffice import clock
from backoffice.comparison.comparing import compare
from backoffice.comparison.facts import Trait
from backoffice.comparison.words import pair_of
from backoffice.db import Bilingual, db, unscaled
from backoffice.money import HUNDRED, ZERO, Recurrence, Vat, share, totals_of
from backoffice.opportunities.queries import deal_to_act_on
from backoffice.orders.models import Order
from backoffice.quotes.choice import chosen
from backoffice.quotes.deposit import DepositKind, deposit_totals
from backoffice.quotes.difference import difference
from backoffice.quotes.models import Quote, QuoteInstalment, QuoteVersion
from backoffice.quotes.queries import paper_of, quote_to_act_on
from backoffice.quotes.reading import QuoteReading
from backoffice.quotes.refusals import ScheduleNotWhole
from backoffice.quotes.schedule import instalments_of, refuse_unless_whole
from backoffice.work import unit_of_work
from tests.contents import a_content, an_item
from tests.factories import (
    a_further_link,
    a_line,
    a_member,
    a_quote,
    address_of,
    an_opportunity,
    everything,
    order_of,
    signed,
    with_deposit,
)
from tests.reader import Page

TYPED = {
    "deposit_percent": "30",
    "deposit_kind": "acompte",
    "instalments-0-percent": "40 %",
    "instalments-0-when": "au début des travaux",
    "instalments-1-percent": "30",
    "instalments-1-when": "à la livraison",
}
SAID = [("40.00", "au début des travaux", ""), ("30.00", "à la livraison", "")]

percents = st.lists(st.integers(1, 10_000).map(lambda n: unscaled(n, 2)), min_size=1, max_size=6)
steps = st.sampled_from([Decimal("0.01"), Decimal(1)])


@given(st.integers(0, 10**9), st.integers(0, 10_000), percents, steps)
def test_deposit_and_instalments_sum_to_the_whole_and_none_is_negative(gross, deposit, shares, step):
    whole = gross * step
    first = share(whole, unscaled(deposit, 2), step)
    amounts = instalments_of(whole, first, shares, step)
    assert sum(amounts, first) == whole
    assert all(each >= ZERO and each % step == 0 for each in amounts)
    back = instalments_of(-whole, -first, shares, step)
    assert back == [-each for each in amounts]


@given(st.integers(10**4, 10**9), st.lists(st.integers(100, 5000), min_size=1, max_size=6))
def test_each_instalment_but_the_last_is_its_share_to_half_a_cent(gross, parts):
    shares = [unscaled(each, 2) for each in parts if sum(parts) <= 10_000]
    whole = unscaled(gross, 2)
    for amount, percent in zip(
        instalments_of(whole, ZERO, shares, Decimal("0.01"))[:-1], shares, strict=False
    ):
        assert abs(amount - whole * percent / HUNDRED) <= Decimal("0.005")


@given(
    st.lists(st.tuples(st.sampled_from(["20", "10", "5.5", "0"]), st.integers(0, 10**7)), min_size=1),
    st.integers(1, 9_999),
)
def test_a_deposit_that_is_rounded_rate_by_rate_leaves_the_rest_to_the_instalments(nets, deposit):
    totals = totals_of((Vat("S", Decimal(rate)), unscaled(net, 2)) for rate, net in nets)
    percent = unscaled(deposit, 2)
    first = deposit_totals(totals.taxes, percent, currency="EUR").gross
    amounts = instalments_of(totals.gross, first, [HUNDRED - percent], Decimal("0.01"))
    assert amounts == [totals.gross - first]
    assert amounts[0] >= ZERO


def test_without_instalments_there_is_nothing_to_pay_in_them():
    assert instalments_of(Decimal(100), Decimal(30), [], Decimal("0.01")) == []
    refuse_unless_whole(Decimal(30), [])


@pytest.mark.parametrize(
    ("deposit", "shares", "is_whole"),
    [
        ("0", ["50", "50"], True), ("30", ["40", "30"], True), ("33.33", ["33.33", "33.34"], True),
        ("30", ["40", "29.99"], False), ("30", ["70.01"], False), ("100", ["1"], False), ("0", ["100"], True),
    ],
)  # fmt: skip
def test_deposit_and_instalments_are_the_whole_or_refused(deposit, shares, is_whole):
    given_ = Decimal(deposit), [Decimal(each) for each in shares]
    if is_whole:
        refuse_unless_whole(*given_)
    else:
        with pytest.raises(ScheduleNotWhole):
            refuse_unless_whole(*given_)


def frozen(percent: str, when: str) -> dict[str, Any]:
    return {"percent": int(Decimal(percent) * 100), "when": {"fr": when, "en": f"{when} (en)"}}


def test_what_the_client_chooses_is_what_is_shared():
    option = an_item("b", "Pose", price="50", offer="option", group=None, taken=False, range=None)
    firm = an_item("a", price="100", offer="firm", group=None, taken=True, range=None)
    deposit = {"kind": "acompte", "percent": 3000, "totals": {"gross": 3600}}
    schedule = [frozen("40", "au début"), frozen("30", "à la fin")]
    content = a_content(firm, option, schema=3, schedule=schedule, deposit=deposit)
    more = chosen(content, {"a": 10_000, "b": 10_000}, content_digest="d" * 64)
    reading = QuoteReading(content, "en", more)
    assert reading.deposit is not None
    assert [(each.when, each.amount) for each in reading.instalments] == [
        ("au début (en)", Decimal("72.00")),
        ("à la fin (en)", Decimal("54.00")),
    ]
    assert sum((each.amount for each in reading.instalments), reading.deposit.totals.gross) == Decimal(
        "180.00"
    )


def test_contents_from_before_instalments_have_none():
    assert QuoteReading(a_content(an_item()), "fr").instalments == []


def test_a_schedule_that_changed_is_told_in_the_language_that_is_read():
    before = a_content(an_item(), schedule=[frozen("100", "à la livraison")])
    after = a_content(an_item(), schedule=[frozen("40", "au début"), frozen("60", "à la fin")])
    for to_client in (False, True):
        comparison = compare(before, after, "en", to_client=to_client)
        (change,) = comparison.paper
        assert change.trait is Trait.SCHEDULE
        told = pair_of(change, comparison)
        assert "à la livraison (en)" in told.before
        assert "au début (en), " in told.after
    assert not compare(a_content(an_item()), a_content(an_item(), schedule=[]), "fr")


@pytest.fixture
def rep(app: Flask) -> int:
    return a_member(email="rep@atelier-duval.example", language="en")


@pytest.fixture
def reader(signed_in, rep):
    return signed_in(rep)


@pytest.fixture
def deal(rep: int) -> int:
    return an_opportunity(owner=rep)


def stored(quote: int) -> list[tuple[str, str, str]]:
    with Session(db.engine) as session:
        rows = session.scalars(
            sa.select(QuoteInstalment)
            .where(QuoteInstalment.quote_id == quote)
            .order_by(QuoteInstalment.position)
        )
        return [(str(row.percent), row.when.fr, row.when.en) for row in rows]


def save(reader, deal: int, quote: int, typed: Mapping[str, str | None]):
    return reader.submit(f"/opportunities/{deal}", dict(typed), f"/quotes/{quote}")


def test_a_schedule_is_typed_in_plain_rows_and_comes_back_with_rows_to_add_to(reader, deal):
    quote = a_quote(deal)
    empty = reader.page(f"/opportunities/{deal}").form(f"/quotes/{quote}")["fields"]
    assert [name for name in empty if name.endswith("-when")] == [f"instalments-{n}-when" for n in range(3)]
    assert save(reader, deal, quote, TYPED).status_code == 303
    assert stored(quote) == SAID
    fields = reader.page(f"/opportunities/{deal}").form(f"/quotes/{quote}")["fields"]
    assert fields["instalments-1-when"] == "à la livraison"
    assert len([name for name in fields if name.endswith("-when")]) == 5
    assert save(reader, deal, quote, {}).status_code == 303
    assert stored(quote) == SAID


def test_a_row_that_is_emptied_goes_and_the_others_close_up(reader, deal):
    quote = a_quote(deal)
    save(reader, deal, quote, TYPED)
    left = {"instalments-0-percent": "", "instalments-0-when": "", "instalments-1-percent": "70"}
    assert save(reader, deal, quote, left).status_code == 303
    assert stored(quote) == [("70.00", "à la livraison", "")]
    save(reader, deal, quote, {"instalments-0-percent": "", "instalments-0-when": ""})
    assert stored(quote) == []


def test_six_instalments_are_the_most(reader, deal):
    quote = a_quote(deal)
    rows = {
        f"instalments-{n}-{name}": value
        for n in range(6)
        for name, value in (("percent", "10"), ("when", f"{n}"))
    }
    assert save(reader, deal, quote, rows | {"instalments-5-percent": "50"}).status_code == 303
    assert len(stored(quote)) == 6
    fields = reader.page(f"/opportunities/{deal}").form(f"/quotes/{quote}")["fields"]
    assert "instalments-6-when" not in fields


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"instalments-1-percent": "20"}, "come to 90%. Add the missing 10%"),
        ({"instalments-1-percent": "40,5"}, "come to 110.5%. Take 10.5% off"),
        ({"deposit_percent": "", "deposit_kind": ""}, "Add the missing 30%"),
        ({"instalments-1-percent": ""}, "Enter the per cent"),
        ({"instalments-1-when": ""}, "Say when it is due"),
        ({"instalments-1-percent": "beaucoup"}, "Enter a number"),
        ({"instalments-1-percent": "101"}, "100"),
        ({"instalments-1-when": "x" * 121}, "120"),
        ({"deposit_percent": "trente"}, "Enter a number"),
    ],
)
def test_a_schedule_that_cannot_be_says_what_to_do_and_loses_nothing(reader, deal, typed, said):
    quote = a_quote(deal)
    before = everything(["quotes", "quote_instalments"])
    answer = save(reader, deal, quote, TYPED | typed)
    assert answer.status_code == 422
    page = Page(answer.text)
    assert said in page.text
    fields = page.form(f"/quotes/{quote}")["fields"]
    assert {name: fields[name] for name in TYPED} == TYPED | typed
    assert everything(["quotes", "quote_instalments"]) == before


def test_a_schedule_that_somebody_else_changed_is_shown_beside_what_was_typed(reader, deal):
    quote = a_quote(deal)
    form = reader.page(f"/opportunities/{deal}").form(f"/quotes/{quote}")
    reader.post(form["action"], data=form["fields"] | TYPED)
    other = {"instalments-0-percent": "100", "instalments-0-when": "à la commande"}
    answer = reader.post(form["action"], data=form["fields"] | other)
    assert answer.status_code == 409
    page = Page(answer.text)
    assert "40% au début des travaux" in page.text
    assert page.form(f"/quotes/{quote}")["fields"]["instalments-0-when"] == "à la commande"
    assert stored(quote) == SAID


def test_instalments_alone_make_the_form_of_a_colleague_stale(reader, deal):
    quote = a_quote(deal)
    form = reader.page(f"/opportunities/{deal}").form(f"/quotes/{quote}")
    save(reader, deal, quote, TYPED)
    save(reader, deal, quote, {"instalments-0-when": "au premier coup de pioche"})
    stale = form["fields"] | {"revision": str(int(form["fields"]["revision"]) + 1)}
    assert reader.post(form["action"], data=stale).status_code == 409


def test_a_translation_stands_beside_its_original_and_new_words_outdate_it(reader, deal):
    quote = a_quote(deal)
    save(reader, deal, quote, TYPED)
    save(reader, deal, quote, {"language": "en"})
    save(reader, deal, quote, {"instalments-0-when": "when the work begins"})
    assert stored(quote)[0] == ("40.00", "au début des travaux", "when the work begins")
    save(reader, deal, quote, {"instalments-0-when": "on the first day"})
    assert stored(quote)[0] == ("40.00", "", "on the first day")


@pytest.mark.parametrize(
    "row",
    [
        {"position": 0, "percent": Decimal(0), "when": Bilingual("jamais", "")},
        {"position": 0, "percent": Decimal(101), "when": Bilingual("trop", "")},
        {"position": 0, "percent": Decimal(50), "when": Bilingual()},
    ],
)
def test_the_table_holds_no_instalment_of_nothing_or_without_words(deal, row):
    quote = a_quote(deal)
    with pytest.raises(IntegrityError), unit_of_work() as session:
        session.add(QuoteInstalment(quote_id=quote, **row))


def scheduled(deal: int) -> int:
    quote = with_deposit(deal, DepositKind.ACOMPTE)
    with unit_of_work() as session:
        row = quote_to_act_on(session, quote)
        for position, (percent, words) in enumerate(
            [(40, ("au début", "at the start")), (30, ("à la fin", "at the end"))]
        ):
            row.instalments.append(
                QuoteInstalment(position=position, percent=Decimal(percent), when=Bilingual(*words))
            )
    return quote


def test_a_version_freezes_shares_and_words_but_no_amounts(deal):
    quote = scheduled(deal)
    a_further_link(quote)
    with Session(db.engine) as session:
        content = session.scalars(sa.select(QuoteVersion)).one().read()
    assert content["schedule"] == [
        {"percent": 4000, "when": {"fr": "au début", "en": "at the start"}},
        {"percent": 3000, "when": {"fr": "à la fin", "en": "at the end"}},
    ]


def test_a_changed_schedule_is_a_difference_of_the_paper(deal):
    quote = scheduled(deal)
    a_further_link(quote)
    with unit_of_work() as session:
        row = quote_to_act_on(session, quote)
        work = deal_to_act_on(session, row.opportunity_id, sa.true())
        on = clock.today("Europe/Paris")
        assert row.latest is not None
        assert not difference(row.latest, paper_of(session, row, work, on), on).paper
        row.instalments[0].when = Bilingual("un mois avant", "a month before")
        assert difference(row.latest, paper_of(session, row, work, on), on).paper
        session.rollback()


def test_the_client_reads_when_they_pay_what_on_page_paper_and_before_signing(client, reader, deal):
    quote = scheduled(deal)
    link = a_further_link(quote)
    for language, first, last in (
        ("en", "40% at the start: €1,585.28", "30% at the end: €1,188.96"),
        ("fr", "40 % au début", "30 % à la fin"),
    ):
        page = client.page(address_of(link, language)).text.replace("\u202f", " ").replace("\xa0", " ")
        assert first in page
        assert last in page
    signing = client.page(f"{address_of(link, 'en')}/sign").text
    assert "40% at the start€1,585.28" in signing
    assert "Rest" not in signing
    preview = reader.get(f"/quotes/{quote}/preview").text
    assert "au début" in preview
    assert "1\u202f585,28" in preview


def test_the_order_keeps_the_schedule_and_tells_it_in_the_reader_s_language(reader, deal):
    quote = scheduled(deal)
    link = a_further_link(quote)
    with unit_of_work() as session:
        signature = signed(session, quote, link, clock.now())
    order = order_of(signature.id)
    page = reader.page(f"/orders/{order}").text
    assert "40% at the start: €1,585.28" in page
    assert "30% at the end: €1,188.96" in page
    with Session(db.engine) as session:
        stored_order = session.scalars(sa.select(Order).options(selectinload(Order.lines))).one()
        assert [each["percent"] for each in stored_order.schedule] == [4000, 3000]


def test_a_choice_in_the_portal_recalculates_what_is_said_of_payment(client, rep):
    option = a_line("Vernis", price="100")
    option.is_optional, option.is_taken = True, False
    quote = scheduled(an_opportunity(rep, lines=[a_line("Plateau", price="100"), option]))
    link = a_further_link(quote)
    address = address_of(link, "en")
    text = client.get(address).text
    key = text.split('name="o" value="', 1)[1].split('"', 1)[0]
    assert "40% at the start: €48.00" in Page(text).text
    parts = client.get(f"{address}/choice?v=1&o={key}", headers={"X-Parts": "choice"}).text
    assert 'id="payment"' in parts
    assert "40% at the start: €96.00" in Page(parts).text


def test_shares_are_said_to_be_of_what_is_paid_once_where_something_comes_back(client, reader, rep):
    care = a_line("Entretien", price="20")
    care.recurrence = Recurrence.YEARLY
    quote = scheduled(an_opportunity(rep, lines=[a_line("Plateau", price="100"), care]))
    link = a_further_link(quote)
    assert "comes besides" in client.page(address_of(link, "en")).text
    assert "vient en plus" in reader.get(f"/quotes/{quote}/preview").text
    plain = a_further_link(scheduled(an_opportunity(rep, title="Autre")))
    assert "comes besides" not in client.page(address_of(plain, "en")).text


def test_a_deposit_without_instalments_still_leaves_a_rest(client, deal):
    link = a_further_link(with_deposit(deal, DepositKind.ACOMPTE))
    assert "Rest€2,774.24" in client.page(address_of(link, "en")).text


def test_saving_leaves_other_quotes_instalments_alone(reader, rep, deal):
    other = scheduled(an_opportunity(rep, title="Autre"))
    quote = a_quote(deal)
    save(reader, deal, quote, TYPED)
    assert [percent for percent, *_ in stored(other)] == ["40.00", "30.00"]
    with Session(db.engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Quote)) == 2
