"""What changed, in a few plain words with amounts, as one would tell it to the client."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext

from backoffice.comparison.comparing import Change, ComparedLine, Comparison, Fate, Side
from backoffice.comparison.facts import Trait
from backoffice.comparison.words import label_of, mark, pair_of, shown
from backoffice.language import money, quantity
from backoffice.money import ZERO


@dataclass(frozen=True)
class Told:
    """A line: what is ``said`` of it otherwise, and what that comes to, each a few words."""

    fate: Fate
    mark: tuple[str, str]
    section: str
    name: str
    said: Sequence[str]
    amount: str

    @property
    def in_short(self) -> str:
        """In one clause; that a line is new or gone is said here, where no mark says it."""
        amount = gettext("that is %(amount)s", amount=self.amount) if self.amount else ""
        words = ", ".join(filter(None, (*self._fate, *self.said, amount)))
        return gettext("%(name)s: %(words)s", name=self.name, words=words)

    @property
    def _fate(self) -> Sequence[str]:
        if self.fate is Fate.ADDED:
            return [gettext("new line")]
        return [gettext("line removed")] if self.fate is Fate.REMOVED else []


def told(line: ComparedLine, comparison: Comparison) -> Told:
    return Told(
        fate=line.fate,
        mark=mark(line.fate),
        section=line.side.section,
        name=line.side.name,
        said=[fact_told(each, comparison) for each in line.changes] or _told_of_new(line),
        amount=_amount_told(line, comparison),
    )


def told_of_paper(change: Change, comparison: Comparison) -> Told:
    """What was agreed besides the lines, such as a discount on the whole."""
    pair = pair_of(change, comparison)
    if not pair.before:
        words = pair.after
    elif pair.after:
        words = gettext("%(after)s instead of %(before)s", after=pair.after, before=pair.before)
    else:
        words = gettext("none, previously %(before)s", before=pair.before)
    return Told(Fate.CHANGED, mark(Fate.CHANGED), "", label_of(change.trait), [words], "")


def _told_of_new(line: ComparedLine) -> Sequence[str]:
    """Whether a new line is only offered, and how often it is paid."""
    if line.fate is not Fate.ADDED or line.kind != "item":
        return []
    facts, said = line.side.facts, []
    if facts[Trait.OFFER].kind != "firm":
        said.append(shown(Trait.OFFER, facts[Trait.OFFER], ""))
    if facts[Trait.RECURRENCE] != "once":
        often = shown(Trait.RECURRENCE, facts[Trait.RECURRENCE], "")
        said.append(gettext("%(what)s: %(after)s", what=label_of(Trait.RECURRENCE), after=often))
    return said


def fact_told(change: Change, comparison: Comparison) -> str:
    """One thing that changed, such as “6 pcs instead of 5”."""
    pair, what = pair_of(change, comparison), label_of(change.trait)
    before = pair.before
    if change.trait is Trait.QUANTITY and change.before.unit == change.after.unit:
        before = quantity(change.before.quantity)
    of_itself = {
        Trait.DESCRIPTION: gettext("new description"),
        Trait.PICTURE: gettext("new picture"),
        Trait.NAME: gettext("called “%(name)s” until now", name=pair.before),
        Trait.QUANTITY: gettext("%(after)s instead of %(before)s", after=pair.after, before=before),
        Trait.UNIT_PRICE: gettext(
            "unit price %(after)s instead of %(before)s", after=pair.after, before=pair.before
        ),
    }
    if change.trait in of_itself:
        return of_itself[change.trait]
    facts = {"what": what, "after": pair.after, "before": pair.before}
    if not pair.before:
        return gettext("%(what)s: %(after)s", **facts)
    if not pair.after:
        return gettext("%(what)s: no longer %(before)s", **facts)
    return gettext("%(what)s: %(after)s instead of %(before)s", **facts)


def _amount_told(line: ComparedLine, comparison: Comparison) -> str:
    """What it does to the total of what is paid once; or else what a line comes to that is new and not in it."""
    if line.amount is None or line.amount.difference is None or not comparison.same_currency:
        return ""
    currency = comparison.currencies[1]
    more = _counted(line.after) - _counted(line.before)
    if more:
        amount = money(abs(more), currency)
        if more > ZERO:
            return gettext("%(amount)s more", amount=amount)
        return gettext("%(amount)s less", amount=amount)
    after = line.after
    if line.fate is Fate.ADDED and after is not None and not after.counts and after.amount:
        return money(after.amount, currency)
    return ""


def _counted(side: Side | None) -> Decimal:
    return ZERO if side is None or side.amount is None or not side.counts else side.amount
