"""What two contents say differently: for every two of them, and case by case."""

from decimal import Decimal
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.comparison.comparing import ComparedLine, Comparison, Fate, compare
from backoffice.comparison.facts import Trait
from backoffice.comparison.moved import moved
from backoffice.money import ZERO, Discount
from tests.contents import a_content, a_note, a_section, an_item, both, contents, plain_contents

MIRRORED = {Fate.ADDED: Fate.REMOVED, Fate.REMOVED: Fate.ADDED}
languages = st.sampled_from(["fr", "en"])


def facts(comparison: Comparison, *, turned: bool = False) -> set[object]:
    """What it says of its lines whatever their order; ``turned``: as if both contents had changed places."""

    def of(line: ComparedLine) -> object:
        amount = line.amount and (line.amount.before, line.amount.after)
        changes = [(each.trait, each.before, each.after) for each in line.changes]
        fate = line.fate
        if turned:
            amount = amount and amount[::-1]
            changes = [(trait, after, before) for trait, before, after in changes]
            fate = MIRRORED.get(fate, fate)
        return line.id, line.kind, fate, line.has_moved, amount, repr(sorted(changes, key=repr))

    return {of(line) for line in comparison.lines}


def only(comparison: Comparison) -> ComparedLine:
    (line,) = comparison.different
    return line


@given(contents(), languages, st.booleans())
def test_nothing_differs_from_itself(content, language, to_client):
    found = compare(content, content, language, to_client=to_client)
    assert not found
    assert len(found.lines) == len(content["lines"])


@given(contents("consumer"), contents("consumer"), languages, st.booleans())
def test_the_way_back_tells_the_reverse(before, after, language, to_client):
    there = compare(before, after, language, to_client=to_client)
    back = compare(after, before, language, to_client=to_client)
    assert facts(there) == facts(back, turned=True)
    assert there.totals.gross.difference == -(back.totals.gross.difference or ZERO)
    assert bool(there) == bool(back)


@given(plain_contents(), plain_contents())
def test_the_lines_differ_by_as_much_as_their_sum(before, after):
    found = compare(before, after, "fr")
    assert sum((line.amount.difference for line in found.lines), ZERO) == found.totals.lines.difference


@given(contents(), contents())
def test_every_line_of_both_is_told_once_and_those_of_the_newer_in_its_order(before, after):
    told = [(line.id, line.kind) for line in compare(before, after, "fr").lines]
    keys = [[(line["id"], line["kind"]) for line in content["lines"]] for content in (before, after)]
    assert len(told) == len(set(told))
    assert set(told) == set(keys[0]) | set(keys[1])
    assert [key for key in told if key in keys[1]] == keys[1]


@given(st.permutations(range(7)), st.permutations(range(7)))
def test_what_did_not_move_kept_its_order_and_nothing_moved_alone_that_could_have_stayed(first, second):
    before, after = ([(str(each), "item") for each in order] for order in (first, second))
    gone = moved(before, after)
    assert gone == moved(after, before)
    stayed = [key for key in before if key not in gone]
    assert stayed == [key for key in after if key not in gone]
    assert len(gone) <= sum(one != other for one, other in zip(before, after, strict=True))
    assert not gone or len(gone) < len(before)


def test_a_line_taken_from_the_end_to_the_top_is_the_only_one_that_moved():
    lines = [an_item(key) for key in "abcdef"]
    found = compare(a_content(*lines), a_content(lines[-1], *lines[:-1]), "fr")
    assert (only(found).id, only(found).fate) == ("f", Fate.MOVED)


def test_why_no_vat_is_charged_is_told_when_it_is_another_reason():
    def exempt(reason: str) -> dict[str, object]:
        words = [{"category": "E", "rate": 0, "reason": both(reason), "code": "VATEX-EU-132"}]
        return a_content(an_item(), exemptions=words)

    before, after = exempt("Enseignement"), exempt("Soins")
    for to_client in (False, True):
        (change,) = compare(before, after, "fr", to_client=to_client).paper
        assert change.trait is Trait.EXEMPTIONS
        assert "Soins · VATEX-EU-132" in str(change.after)
    assert not compare(before, before, "fr")


def test_a_section_that_came_to_nothing_and_now_comes_to_something_is_told():
    heading = a_section(hides_prices=True)
    option = an_item(offer="option", taken=False)
    before, after = (a_content(heading, {**option, "taken": taken}, schema=3) for taken in (False, True))
    section = next(
        line for line in compare(before, after, "fr", to_client=True).lines if line.kind == "section"
    )
    assert [(each.trait, each.before, each.after) for each in section.changes] == [
        (Trait.COMES_TO, ZERO, Decimal(100))
    ]


def test_what_schema_3_only_says_by_default_is_no_difference():
    firm = {
        "offer": "firm",
        "group": None,
        "taken": True,
        "range": None,
        "recurrence": "once",
        "discount_amount": 0,
        "image": None,
    }
    old = a_content(a_section(), an_item())
    new = a_content(
        a_section(one_of=False, hides_prices=False),
        an_item(**firm),
        schema=3,
        discount_amount=0,
        recurring=[],
    )
    del old["deposit"]  # schema 1
    assert not compare(old, new, "fr")


@pytest.mark.parametrize(
    ("changed", "trait", "after"),
    [
        ({"quantity": "6"}, Trait.QUANTITY, (Decimal(6), "C62")),
        ({"unit": "HUR"}, Trait.QUANTITY, (Decimal(1), "HUR")),
        ({"discount": "10"}, Trait.DISCOUNT, Discount(Decimal(10))),
        ({"discount_amount": 250}, Trait.DISCOUNT, Discount(amount=Decimal("2.50"))),
        ({"offer": "option"}, Trait.OFFER, ("option", True)),
        ({"offer": "option", "taken": False}, Trait.OFFER, ("option", False)),
        ({"range": [10_000, 50_000]}, Trait.RANGE, (Decimal(1), Decimal(5))),
        ({"recurrence": "monthly"}, Trait.RECURRENCE, "monthly"),
        ({"image": "f" * 64}, Trait.PICTURE, "f" * 64),
        ({"nature": "goods"}, Trait.NATURE, "goods"),
    ],
)
def test_each_thing_that_a_line_says_is_told_when_it_changes(changed, trait, after):
    found = only(compare(a_content(an_item()), a_content(an_item(**changed)), "fr"))
    assert found.fate is Fate.CHANGED
    assert [(each.trait, each.after) for each in found.changes] == [(trait, after)]


def test_a_consumer_reads_amounts_with_vat_and_a_professional_without():
    lines = an_item(price="100"), an_item(price="120")
    sums = [
        only(compare(*(a_content(line, standing=standing) for line in lines), "fr")).amount
        for standing in ("consumer", "professional")
    ]
    assert [(each.before, each.after, each.difference) for each in sums] == [(120, 144, 24), (100, 120, 20)]


def test_a_unit_price_that_is_only_read_with_other_digits_has_not_changed():
    before, after = (
        a_content(an_item(quantity=quantity, price="0.3333"), standing="consumer")
        for quantity in ("1", "9000")
    )
    assert [each.trait for each in only(compare(before, after, "fr")).changes] == [Trait.QUANTITY]


def test_a_line_names_its_section_and_a_note_its_text():
    before = a_content(a_section(name="Atelier"), an_item("a"))
    after = a_content(a_section(name="Atelier"), an_item("a", quantity="2"), a_note(text="Hors peinture"))
    changed, added = compare(before, after, "fr").different
    assert (changed.side.section, added.side.name, added.amount) == ("Atelier", "Hors peinture", None)


def test_what_is_gone_stands_where_it_stood():
    a, b, c, d = (an_item(key) for key in "abcd")
    told = compare(a_content(a, b, c), a_content(d, a, c), "fr").lines
    assert [(line.id, line.fate.value) for line in told] == [
        ("d", "added"), ("a", "same"), ("b", "removed"), ("c", "same")
    ]  # fmt: skip


def test_of_a_section_that_hides_prices_a_client_is_told_none_and_a_rep_all():
    before = a_content(
        a_section(hides_prices=True), an_item("a"), an_item("b"), an_item("c"), an_item("d", offer="option")
    )
    after = a_content(
        a_section(hides_prices=True),
        an_item("a", price="130"),
        an_item("b", quantity="2", discount="5"),
        an_item("e", price="777"),
        an_item("d", price="90", offer="option"),
    )
    rep, client = (compare(before, after, "fr", to_client=to_client) for to_client in (False, True))
    assert {line.id: line.fate.value for line in rep.different} == {
        "a": "changed", "b": "changed", "c": "removed", "d": "changed", "e": "added"
    }  # fmt: skip
    told = {line.id: line for line in client.different}
    section = told.pop("s")
    assert [(each.trait, each.before, each.after) for each in section.changes] == [
        (Trait.COMES_TO, Decimal(400), Decimal(1187))
    ]
    assert {key: line.fate.value for key, line in told.items()} == {
        "b": "changed", "c": "removed", "d": "changed", "e": "added"
    }  # fmt: skip
    assert {key for key, line in told.items() if line.amount is not None} == {"d"}
    assert [each.trait for each in told["b"].changes] == [Trait.QUANTITY]
    sides = [side for key in "bce" for side in (told[key].before, told[key].after) if side is not None]
    assert not any({Trait.UNIT_PRICE, Trait.DISCOUNT} & side.facts.keys() for side in sides)
    assert client.totals.lines.difference == rep.totals.lines.difference == Decimal(787)


def test_prices_that_are_hidden_from_now_on_are_not_told_of_the_former_version_either():
    before, after = (
        a_content(a_section(hides_prices=hides), an_item(price=price))
        for hides, price in ((False, "100"), (True, "130"))
    )
    found = compare(before, after, "fr", to_client=True)
    assert found.different == []
    assert compare(after, before, "fr", to_client=True).different == []


def test_a_client_is_told_of_texts_in_their_language_alone():
    renamed = an_item() | {"name": {"fr": "Poste", "en": "Item"}}
    before, after = a_content(an_item()), a_content(renamed)
    assert compare(before, after, "fr", to_client=True).different == []
    assert only(compare(before, after, "en", to_client=True)).changes[0].after == "Item"
    assert only(compare(before, after, "fr")).changes[0].trait is Trait.NAME


@pytest.mark.parametrize(
    ("changed", "trait"),
    [
        ({"title": both("Autre chose")}, Trait.TITLE),
        ({"introduction": both("Bonjour")}, Trait.INTRODUCTION),
        ({"valid_until": "2027-01-31"}, Trait.VALID_UNTIL),
        ({"payment_days": 0}, Trait.PAYMENT_DAYS),
        ({"discount": 500}, Trait.WHOLE_DISCOUNT),
        ({"discount_amount": 500}, Trait.WHOLE_DISCOUNT),
        ({"language": "en"}, Trait.LANGUAGE),
        ({"currency": "CHF"}, Trait.CURRENCY),
        ({"seller": {"name": "Autre"}}, Trait.SELLER),
        ({"rep": {"name": "Nadia", "email": "", "phone": ""}}, Trait.REP),
    ],
)
def test_each_thing_that_the_paper_says_besides_its_lines_is_told_when_it_changes(changed, trait):
    found = compare(a_content(an_item()), a_content(an_item(), **changed), "fr")
    assert [each.trait for each in found.paper] == [trait]
    assert found.different == []
    assert found.same_currency == (trait is not Trait.CURRENCY)


def test_legal_wordings_are_compared_one_by_one():
    kept, old = ({"code": code, "sha256": code, "text": both(code)} for code in ("kept", "old"))
    before = a_content(an_item(), texts=[old, kept])
    after = a_content(an_item(), texts=[kept, old | {"text": both("neuf")}, old | {"code": "added"}])
    (added, changed) = sorted(
        compare(before, after, "fr", to_client=True).terms, key=lambda each: str(each.before)
    )
    assert (added.before, added.after) == (None, "old")
    assert (changed.before, changed.after) == ("old", "neuf")


def test_what_comes_back_is_compared_apart_from_what_is_paid_once():
    monthly = {"recurrence": "monthly", **a_content(an_item(price="40"))["totals"]}
    yearly = {"recurrence": "yearly", **a_content(an_item(price="90"))["totals"]}
    found = compare(a_content(recurring=[monthly]), a_content(recurring=[yearly]), "fr")
    assert {often: sums.net.difference for often, sums in found.recurring.items()} == {
        "yearly": Decimal(90), "monthly": Decimal(-40)
    }  # fmt: skip
    assert not found.totals


def test_a_deposit_that_is_asked_for_is_told_with_what_it_comes_to():
    thirty = {"kind": "acompte", "percent": 3000, "totals": a_content(an_item(price="30"))["totals"]}
    found = compare(a_content(an_item()), a_content(an_item(), deposit=thirty), "fr")
    assert [(each.trait, each.before, each.after) for each in found.paper] == [
        (Trait.DEPOSIT, None, ("acompte", Decimal(30)))
    ]
    assert found.deposit is not None
    assert found.deposit.difference == Decimal(36)


def test_a_thousand_lines_are_compared_within_the_time_of_a_page():
    lines = [an_item(str(number), price=str(number)) for number in range(1000)]
    before, after = a_content(*lines, standing="consumer"), a_content(*reversed(lines), standing="consumer")
    started = perf_counter()
    found = compare(before, after, "fr")
    assert perf_counter() - started < 1
    assert len(found.different) == 999
