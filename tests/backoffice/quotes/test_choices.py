"""What a client may choose, what it comes to, and what an address says of it: properties over any offer."""

import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from backoffice.db import unscaled
from backoffice.money import ZERO, Discount, PricedLine, Recurrence, Vat, spread, totals_of_lines, with_vat
from backoffice.opportunities.models import LineKind
from backoffice.quotes import choice as choices
from backoffice.quotes.choice import Choice, Offered, chosen, leaves_choice, selection_of
from backoffice.quotes.choosing import Choosing
from backoffice.quotes.offers import offers_of
from backoffice.quotes.reading import QuoteReading
from backoffice.quotes.refusals import ChoiceNotOffered
from tests.contents import a_content, a_note, a_section, an_item
from tests.factories import a_line

RATES = ["20", "10", "5.5", "2.1", "0"]
quantities = st.integers(1, 400_000)
prices = st.integers(0, 10**10)
DIGEST = "d" * 64
ALIKE = [[each] for each in Recurrence]


@st.composite
def lines(draw: st.DrawFn, key: int, **more: Any) -> dict[str, Any]:
    """A priced line; perhaps with a range around its quantity, a discount of either kind, paid once or again."""
    quantity = draw(st.one_of(quantities, st.integers(1, 40).map(lambda whole: whole * 10_000)))
    within = draw(st.sampled_from([None, "wide"]))
    off = draw(st.sampled_from(["none", "percent", "amount"]))
    return an_item(
        f"{key:08x}-0000-4000-8000-000000000000",
        quantity=str(unscaled(quantity, 4)),
        price=str(unscaled(draw(prices), 6)),
        discount=str(unscaled(draw(st.integers(0, 10_000)), 2)) if off == "percent" else "0",
        **{
            "vat": draw(st.sampled_from(RATES)),
            "discount_amount": draw(st.integers(0, 50_000)) if off == "amount" else 0,
            "recurrence": draw(st.sampled_from(list(Recurrence))).value,
            "range": [max(quantity // 2 // 10_000 * 10_000, 1), quantity * 3] if within else None,
            "offer": "firm",
            "group": None,
            "taken": True,
        }
        | more,
    )


@st.composite
def offers(draw: st.DrawFn, **more: Any) -> dict[str, Any]:
    """A content of schema 3: firm lines, options, groups of variants at one VAT rate, sections and notes.

    Variants may be paid more or less often than each other: bought, or rented by the month.
    """
    made: list[dict[str, Any]] = []
    for block in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["firm", "options", "variants"]))
        section = f"{0xF0 + block:08x}-0000-4000-8000-000000000000"
        made.append(a_section(section, one_of=kind == "variants"))
        many = draw(st.integers(1, 4))
        rate, periods = draw(st.sampled_from(RATES)), draw(st.sampled_from([*ALIKE, list(Recurrence)]))
        for place in range(many):
            key = block * 16 + place
            if kind == "variants":
                variant = {"offer": "variant", "group": section, "taken": place == 0}
                period = draw(st.sampled_from(periods)).value
                made.append(draw(lines(key, vat=rate, recurrence=period, **variant)))
            elif kind == "options":
                made.append(draw(lines(key, offer="option", taken=draw(st.booleans()))))
            else:
                made.append(draw(lines(key)))
    made.append(a_note())
    content = a_content(*made, schema=3, **{"discount": draw(st.sampled_from([0, 500, 3333, 10_000]))} | more)
    usual = choices.lines_taken(content, Offered(content).usual())
    return content | {"totals": choices.totals_of_lines(usual, content)}


@st.composite
def selections(draw: st.DrawFn, content: dict[str, Any]) -> dict[str, int]:
    """Anything that a client may choose of ``content``."""
    offered = Offered(content)
    picked = {draw(st.sampled_from(members))["id"] for members in offered.groups.values()}
    selection = {}
    for line in offered.items:
        if line["offer"] == "option" and not draw(st.booleans()):
            continue
        if line["offer"] == "variant" and line["id"] not in picked:
            continue
        quantity = line["quantity"]
        if line["range"]:
            least, most = line["range"]
            step = (
                10_000
                if choices.range_of(line) and all(n % 10_000 == 0 for n in (quantity, least, most))
                else 1
            )
            quantity = least + step * draw(st.integers(0, (most - least) // step))
        selection[line["id"]] = quantity
    return selection


def choose(content: dict[str, Any], selection: dict[str, int]) -> Choice:
    return chosen(content, selection, content_digest=DIGEST)


def sums(totals: Any) -> list[tuple[str, int, int]]:
    """What is paid how often: net and gross."""
    every = {each["recurrence"]: each for each in totals["recurring"]} | {"once": totals}
    return [(name, every[name]["net"], every[name]["gross"]) for name in sorted(every)]


@given(offers())
def test_who_says_nothing_chooses_what_the_paper_shows(content):
    usual = choose(content, Offered(content).usual())
    assert usual.totals == content["totals"]
    assert QuoteReading(content, "fr").totals == QuoteReading(content, "fr", usual).totals


@given(offers().flatmap(lambda content: st.tuples(st.just(content), selections(content))))
def test_no_choice_costs_less_than_the_least_or_more_than_the_most(given_):
    content, selection = given_
    offered = Offered(content)
    totals = [choose(content, each).totals for each in (offered.least(), selection, offered.most())]
    often = [{line["recurrence"] for line in group} for group in offered.groups.values()]
    weighed = ("once", "monthly", "yearly") if all(len(each) == 1 for each in often) else ("once",)
    for name in weighed:
        net = [{period: amount for period, amount, _ in sums(each)}.get(name, 0) for each in totals]
        gross = [{period: amount for period, _, amount in sums(each)}.get(name, 0) for each in totals]
        assert net == sorted(net)
        assert gross == sorted(gross)


@given(offers().flatmap(lambda content: st.tuples(st.just(content), selections(content))))
def test_an_address_says_exactly_what_was_chosen(given_):
    content, selection = given_
    choosing = Choosing(content)
    for language in ("fr", "en"):
        asked = choosing.read(MultiDict(choosing.arguments(selection)), language)
        assert (asked.selection, asked.complaints) == (selection, {})


@given(offers().flatmap(lambda content: st.tuples(st.just(content), selections(content))))
def test_a_choice_freezes_and_thaws_to_itself_and_its_digest_binds_it(given_):
    content, selection = given_
    choice = choose(content, selection)
    assert selection_of(content, choice.frozen_selection) == selection
    usual = choose(content, Offered(content).usual())
    assert (choice.digest == usual.digest) == (choice.frozen_selection == usual.frozen_selection)


@given(offers().flatmap(lambda content: st.tuples(st.just(content), selections(content))), st.randoms())
def test_the_order_of_lines_does_not_change_what_a_choice_comes_to(given_, chance: random.Random):
    content, selection = given_
    mixed = list(content["lines"])
    chance.shuffle(mixed)
    assert choose(content | {"lines": mixed}, selection).totals == choose(content, selection).totals


@given(offers().flatmap(lambda content: st.tuples(st.just(content), selections(content))))
def test_chosen_totals_keep_the_rules_of_en_16931(given_):
    """BR-CO-10, 13, 14, 15 and 17, computed again in fractions of a cent."""
    content, selection = given_
    choice = choose(content, selection)
    for totals in (choice.totals, *choice.totals["recurring"]):
        period = totals.get("recurrence", "once")
        taken = [line for line in choice.lines if line["recurrence"] == period]
        assert totals["lines"] == sum(line["net"] for line in taken)
        assert totals["net"] == totals["lines"] - totals["allowance"]
        assert totals["vat"] == sum(each["tax"] for each in totals["taxes"])
        assert totals["gross"] == totals["net"] + totals["vat"]
        for each in totals["taxes"]:
            assert each["tax"] == halves_up(Fraction(each["base"] * each["rate"], 10_000))
        for line in taken:
            whole = Fraction(line["quantity"], 10_000) * Fraction(line["unit_price"], 10_000)
            whole = whole * (10_000 - line["discount"]) / 10_000
            assert line["net"] == halves_up(whole - min(Fraction(line["discount_amount"]), whole))


def halves_up(value: Fraction) -> int:
    return (abs(value.numerator) * 2 // value.denominator + 1) // 2 * (1 if value >= 0 else -1)


@given(
    st.dictionaries(
        st.builds(Vat, st.just("S"), st.sampled_from([Decimal(rate) for rate in RATES])),
        st.integers(0, 10**8),
        min_size=1,
    ),
    st.integers(0, 10**7),
    st.sampled_from(["0.01", "1"]),
)
def test_the_parts_of_an_amount_off_the_whole_sum_to_it_and_none_exceeds_its_rate(over, amount, step):
    unit = Decimal(step)
    sums_ = {vat: value * unit for vat, value in over.items()}
    off = min(amount * unit, sum(sums_.values(), ZERO))
    parts = spread(off, sums_, unit)
    assert sum(parts.values(), ZERO) == (off if any(sums_.values()) else ZERO)
    for vat, part in parts.items():
        assert ZERO <= part <= sums_[vat]
        assert part % unit == 0


@given(
    st.lists(
        st.builds(
            PricedLine,
            st.integers(0, 99).map(Decimal),
            st.integers(0, 10**6).map(lambda n: unscaled(n, 2)),
            st.just(ZERO),
            st.builds(Vat, st.just("S"), st.sampled_from([Decimal(rate) for rate in RATES])),
        ),
        min_size=1,
        max_size=8,
    ),
    st.integers(0, 10**6),
)
def test_an_amount_off_the_whole_is_what_the_totals_are_less(many, hundredths):
    amount = unscaled(hundredths, 2)
    plain, less = totals_of_lines(many), totals_of_lines(many, discount=Discount(amount=amount))
    assert less.allowance == min(amount, plain.lines)
    assert less.net == plain.net - less.allowance
    assert sum((each.base for each in less.taxes), ZERO) == less.net


FIRM, OPTION, SECTION = "f" * 32, "0" * 32, "5" * 32
VARIANTS = ("1" * 32, "2" * 32)


def an_offer() -> dict[str, Any]:
    """A firm line, an option of 4 to 12, and two variants."""
    return a_content(
        an_item(FIRM, offer="firm", group=None, taken=True, range=None),
        an_item(OPTION, quantity="6", offer="option", group=None, taken=True, range=[40_000, 120_000]),
        a_section(SECTION, one_of=True),
        *(
            an_item(key, offer="variant", group=SECTION, taken=key == VARIANTS[0], range=None)
            for key in VARIANTS
        ),
        schema=3,
    )


@pytest.mark.parametrize(
    "selection",
    [
        {},
        {FIRM: 10_000},
        {VARIANTS[0]: 10_000},
        {FIRM: 10_000, VARIANTS[0]: 10_000, VARIANTS[1]: 10_000},
        {FIRM: 20_000, VARIANTS[0]: 10_000},
        {FIRM: 10_000, VARIANTS[0]: 10_000, OPTION: 30_000},
        {FIRM: 10_000, VARIANTS[0]: 10_000, OPTION: 130_000},
        {FIRM: 10_000, VARIANTS[0]: 10_000, OPTION: 45_000},
        {FIRM: 10_000, VARIANTS[0]: 10_000, "9" * 32: 10_000},
    ],
    ids=["nothing", "no variant", "no firm line", "two variants", "another quantity of a firm line", "too few", "too many", "half a piece", "unknown"],
)  # fmt: skip
def test_what_was_not_offered_cannot_be_chosen(selection):
    with pytest.raises(ChoiceNotOffered):
        choose(an_offer(), selection)


def test_a_version_from_before_choices_is_taken_whole_and_its_selection_stays_a_list_of_lines():
    content = a_content(an_item("a"), an_item("b"))
    choice = choose(content, Offered(content).usual())
    assert choice.frozen_selection == ["a", "b"]
    assert "recurring" not in choice.totals
    assert not leaves_choice(content["lines"])
    with pytest.raises(ChoiceNotOffered):
        choose(content, {"a": 10_000})


def test_of_the_items_below_a_choice_the_first_that_is_marked_is_taken():
    section, *items = lines = [a_line(name) for name in ("Finition", "A", "B", "C")]
    section.kind, section.one_of = LineKind.SECTION, True
    for line in lines:
        line.uuid, line.kind, line.is_taken = uuid4(), line.kind or LineKind.ITEM, line.name.fr in {"B", "C"}
    assert [line.name.fr for line in items if offers_of(lines)[line.uuid].taken] == ["B"]
    for line in items:
        line.is_taken = False
    assert [line.name.fr for line in items if offers_of(lines)[line.uuid].taken] == ["A"]


def test_three_at_33_cents_with_vat_are_a_euro_and_the_page_says_that_a_cent_may_differ():
    """Entered with VAT: 0.33 is 0.275 without; three are 0.83, their VAT 0.17. The lines as read come to 0.99 or 1.00."""
    price = Decimal("0.33") / Decimal("1.2")
    totals = totals_of_lines([PricedLine(Decimal(3), price, ZERO, Vat("S", Decimal(20)))])
    assert (totals.net, totals.vat, totals.gross) == (Decimal("0.83"), Decimal("0.17"), Decimal("1.00"))
    alone = [PricedLine(Decimal(1), price, ZERO, Vat("S", Decimal(20)))] * 3
    one_by_one = totals_of_lines(alone)
    assert (one_by_one.net, one_by_one.gross) == (Decimal("0.84"), Decimal("1.01"))
    assert sum((with_vat(line.net(), Decimal(20)) for line in alone), ZERO) == Decimal("1.02")


WORKED = [
    # VAT line by line would be 36.04 (Dolibarr's PDF), once per rate it is 36.03 (its XML).
    ([("1", "45.04", "20")] * 4, "180.16", "36.03", "216.19"),
    # Per-line VAT of 0.125 each, rounded up, would be 0.39.
    ([("1", "0.625", "20")] * 3, "1.89", "0.38", "2.27"),
    # A price of three decimals is not rounded before it is multiplied.
    ([("1000", "0.123", "20")], "123.00", "24.60", "147.60"),
    # Two rates: each its own base and VAT.
    ([("3", "19.99", "5.5"), ("7", "1.15", "20")], "68.02", "4.91", "72.93"),
    # No VAT: exempt, and free of charge.
    ([("1", "100", "0"), ("2", "0", "20")], "100.00", "0.00", "100.00"),
]


@pytest.mark.parametrize(("rows", "net", "vat", "gross"), WORKED)
def test_worked_examples(rows, net, vat, gross):
    many = [
        PricedLine(Decimal(q), Decimal(p), ZERO, Vat("S" if Decimal(r) else "E", Decimal(r)))
        for q, p, r in rows
    ]
    totals = totals_of_lines(many)
    assert (str(totals.net), str(totals.vat), str(totals.gross)) == (net, vat, gross)


def test_a_part_of_a_line_bears_its_share_of_an_amount_off():
    line = PricedLine(Decimal(4), Decimal(25), ZERO, Vat("S", Decimal(20)), Decimal(10))
    assert (line.net(), line.part(Decimal(1)).net()) == (Decimal("90.00"), Decimal("22.50"))
    assert replace(line, amount_off=Decimal(1000)).net() == ZERO
