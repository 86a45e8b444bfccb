"""What the working paper comes to is what its quote would come to, whatever its lines offer."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from backoffice.catalogue.models import Nature, Unit, VatCategory
from backoffice.db import Bilingual, unscaled
from backoffice.ledger.sums import Sums
from backoffice.money import ZERO, Discount, Recurrence, Totals
from backoffice.opportunities.models import LineKind, OpportunityLine
from backoffice.quotes.choice import Offered, all_totals, hundredths, lines_taken, totals_of_lines
from backoffice.quotes.content import SCHEMA, line_content
from backoffice.quotes.offers import FIRM, offers_of

CURRENCY = "EUR"


@st.composite
def lines(draw: st.DrawFn) -> OpportunityLine:
    """A section that may be a choice, a note, or an item that may be optional, ranged and recurring."""
    kind = draw(st.sampled_from([LineKind.SECTION, LineKind.NOTE, *[LineKind.ITEM] * 5]))
    quantity = unscaled(draw(st.integers(1, 400_000)), 4)
    ranged = draw(st.booleans())
    off = draw(st.sampled_from([None, "percent", "amount"]))
    return OpportunityLine(
        uuid=uuid4(),
        kind=kind,
        name=Bilingual("Poste"),
        description=Bilingual(),
        nature=Nature.SERVICE,
        unit=Unit.PIECE,
        quantity=quantity,
        quantity_min=unscaled(1, 4) if ranged else None,
        quantity_max=quantity * 2 if ranged else None,
        unit_price=unscaled(draw(st.integers(0, 10**9)), 6),
        discount=unscaled(draw(st.integers(0, 10_000)), 2) if off == "percent" else ZERO,
        discount_amount=unscaled(draw(st.integers(0, 50_000)), 2) if off == "amount" else ZERO,
        vat_category=VatCategory.STANDARD,
        vat_rate=Decimal(draw(st.sampled_from(["20", "10", "5.5"]))),
        recurrence=draw(st.sampled_from([Recurrence.ONCE, Recurrence.ONCE, Recurrence.MONTHLY])),
        is_optional=draw(st.booleans()),
        is_taken=draw(st.booleans()),
        one_of=draw(st.booleans()),
        hides_prices=False,
    )


papers = st.lists(lines(), max_size=12)
discounts = st.one_of(
    st.integers(0, 10_000).map(lambda percent: Discount(percent=unscaled(percent, 2))),
    st.integers(1, 100_000).map(lambda amount: Discount(amount=unscaled(amount, 2))),
)


def frozen(paper: list[OpportunityLine], discount: Discount) -> dict[str, Any]:
    """As much of a version's content as totals need."""
    offers = offers_of(paper)
    return {
        "schema": SCHEMA,
        "currency": CURRENCY,
        "discount": hundredths(discount.percent),
        "discount_amount": hundredths(discount.amount),
        "lines": [line_content(line, CURRENCY, offers.get(line.uuid, FIRM)) for line in paper],
    }


@given(papers, discounts)
def test_the_least_and_the_most_are_those_that_the_client_would_read(paper, discount):
    content = frozen(paper, discount)
    offered = Offered(content)

    def read(selection: dict[str, int]) -> dict[str, Any]:
        totals = totals_of_lines(lines_taken(content, selection), content)
        return {name: totals[name] for name in ("lines", "net", "vat", "gross")}

    def told(totals: Totals) -> dict[str, Any]:
        return {name: hundredths(getattr(totals, name)) for name in ("lines", "net", "vat", "gross")}

    least, most = Sums.of(paper, discount, CURRENCY).span
    assert (told(least), told(most)) == (read(offered.least()), read(offered.most()))


@given(papers, discounts)
def test_the_totals_are_those_of_the_quote_as_proposed(paper, discount):
    content = frozen(paper, discount)
    usual = totals_of_lines(lines_taken(content, Offered(content).usual()), content)
    assert all_totals(Sums.of(paper, discount, CURRENCY).totals) == usual


@given(papers)
def test_a_section_comes_to_what_is_taken_below_it_and_paid_once(paper):
    sums = Sums.of(paper, Discount(), CURRENCY)
    expected: dict[UUID, Decimal] = {}
    heading = None
    for line in paper:
        if line.is_section:
            heading = line.uuid
            expected[heading] = ZERO
        elif line.is_item and heading and sums.offers[line.uuid].taken and line.recurrence is Recurrence.ONCE:
            expected[heading] += line.priced.net()
    assert sums.sections == expected


@given(papers)
def test_a_paper_leaves_a_choice_when_there_are_options_variants_or_ranges(paper):
    offers = offers_of(paper)
    open_items = [line for line in paper if line.is_item and (offers[line.uuid] != FIRM or line.quantity_min)]
    assert Sums.of(paper, Discount(), CURRENCY).leaves_choice == bool(open_items)
