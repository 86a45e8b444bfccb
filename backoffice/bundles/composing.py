"""Products that consist of others: what may be put together, and what it becomes on a quote."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext
from sqlalchemy.orm.attributes import flag_modified

from backoffice.catalogue.models import BundleAs, Product, ProductPart
from backoffice.db import Bilingual
from backoffice.errors import Refusal
from backoffice.language import current_language, in_both, quantity, unit_label
from backoffice.money import rounded
from backoffice.opportunities.numbers import LONGEST_DESCRIPTION, MOST_QUANTITY
from backoffice.typed import NumberTooLarge

MOST_PARTS = 20
SMALLEST_QUANTITY = Decimal("0.0001")


class BundleRefused(Refusal):
    """What cannot be put together."""


class PartRefused(BundleRefused):
    """``sku``: the part's reference."""


class PartIsBundle(PartRefused):
    def sentence(self) -> str:
        return gettext(
            "%(sku)s is a bundle itself. Name its parts here instead.",
            sku=self.facts["sku"],
        )


class PartIsItself(PartRefused):
    def sentence(self) -> str:
        return gettext("%(sku)s cannot be a part of itself. Choose another product.", sku=self.facts["sku"])


class PartTwice(PartRefused):
    def sentence(self) -> str:
        return gettext(
            "%(sku)s is named twice. Name it once, with the whole quantity.", sku=self.facts["sku"]
        )


class PartArchived(PartRefused):
    def sentence(self) -> str:
        return gettext(
            "%(sku)s is archived. Restore it first, or choose another product.", sku=self.facts["sku"]
        )


class PartUsed(BundleRefused):
    """What is a part of a bundle becomes none: a bundle in a bundle would be nobody's price."""

    def sentence(self) -> str:
        return gettext("This product is a part of a bundle, so it cannot be one. Take it out of there first.")


class NoParts(BundleRefused):
    def sentence(self) -> str:
        return gettext("Name at least one part of this bundle.")


class PartsWithoutKind(BundleRefused):
    def sentence(self) -> str:
        return gettext("Say how these parts are shown on a quote, or leave them all out.")


class TooManyParts(BundleRefused):
    def sentence(self) -> str:
        return gettext("A bundle has at most %(most)s parts. Leave some out.", most=MOST_PARTS)


class BundleTooWordy(BundleRefused):
    """The description with the list of parts is longer than a line's may be."""

    def sentence(self) -> str:
        return gettext(
            "With the list of its parts, the description of %(sku)s is too long. "
            "Shorten it, or let each part be a line.",
            sku=self.facts["sku"],
        )


@dataclass(frozen=True, kw_only=True)
class WantedPart:
    """``quantity`` in the product's own unit, in one of the bundle."""

    product: Product
    quantity: Decimal


@dataclass(frozen=True, kw_only=True)
class BundleLine:
    """What is added to a quote: this product, in this quantity, with these words below its name."""

    product: Product
    quantity: Decimal
    description: Bilingual


def compose(
    bundle: Product,
    kind: BundleAs | None,
    wanted: Sequence[WantedPart],
    *,
    is_part: bool,
    archived_too: bool = False,
) -> None:
    """Let ``bundle`` (loaded with its parts) consist of ``wanted``, in that order; None makes it a plain product.

    The product's own revision tells of changed parts too. Raises what ``check_parts`` raises.
    """
    check_parts(
        bundle, kind, wanted, description=bundle.description, is_part=is_part, archived_too=archived_too
    )
    present = {part.part_id: part for part in bundle.parts}
    kept = []
    for position, each in enumerate(wanted):
        part = present.get(each.product.id) or ProductPart(part=each.product)
        part.quantity, part.position = each.quantity, position
        kept.append(part)
    bundle.bundle_as, bundle.parts = kind, kept
    flag_modified(bundle, "sku")


def check_parts(
    bundle: Product,
    kind: BundleAs | None,
    wanted: Sequence[WantedPart],
    *,
    description: Bilingual,
    is_part: bool,
    archived_too: bool = False,
) -> None:
    """Whether ``bundle``, with that description, may consist of ``wanted``; ``is_part``: whether another bundle has it.

    A part that is archived meanwhile may stay, but only come with ``archived_too``. Raises kinds of BundleRefused.
    """
    if kind is None and wanted:
        raise PartsWithoutKind(product=bundle.id)
    if kind is None:
        return
    if is_part:
        raise PartUsed(product=bundle.id)
    if not wanted:
        raise NoParts(product=bundle.id)
    if len(wanted) > MOST_PARTS:
        raise TooManyParts(parts=len(wanted))
    _check_each(bundle, [each.product for each in wanted], archived_too=archived_too)
    if kind is BundleAs.ONE_LINE:
        with_parts(bundle.sku, description, wanted)


def _check_each(bundle: Product, parts: Sequence[Product], *, archived_too: bool) -> None:
    present = {part.part_id for part in bundle.parts}
    seen: set[str] = set()
    for part in parts:
        if part is bundle:
            raise PartIsItself(sku=part.sku)
        if part.sku in seen:
            raise PartTwice(sku=part.sku)
        if part.is_bundle:
            raise PartIsBundle(sku=part.sku)
        if part.archived_at is not None and part.id not in present and not archived_too:
            raise PartArchived(sku=part.sku)
        seen.add(part.sku)


def parts_of(bundle: Product) -> list[WantedPart]:
    """Of a product loaded with its parts and their products."""
    return [WantedPart(product=each.part, quantity=each.quantity) for each in bundle.parts]


def lines_of_bundle(product: Product, parts: Sequence[WantedPart], quantity: Decimal) -> list[BundleLine]:
    """What ``quantity`` of a product adds to a quote: itself, or a line for each part of an expanded bundle.

    One line of a bundle lists the parts of one piece below its own description. Raises BundleTooWordy, NumberTooLarge.
    """
    if product.bundle_as is BundleAs.EXPANDED:
        return [
            BundleLine(
                product=each.product,
                quantity=_times(each.quantity, quantity),
                description=each.product.description,
            )
            for each in parts
        ]
    description = product.description
    if product.bundle_as is BundleAs.ONE_LINE:
        description = with_parts(product.sku, product.description, parts)
    return [BundleLine(product=product, quantity=quantity, description=description)]


def _times(each: Decimal, quantity: Decimal) -> Decimal:
    """Never nothing. Raises NumberTooLarge above what a line may have."""
    found = max(rounded(each * quantity, SMALLEST_QUANTITY), SMALLEST_QUANTITY)
    if found > MOST_QUANTITY:
        raise NumberTooLarge(most=MOST_QUANTITY)
    return found


def with_parts(sku: str, description: Bilingual, parts: Sequence[WantedPart]) -> Bilingual:
    """A bundle's own description and the list of its parts, in both languages. Raises BundleTooWordy."""
    listed = in_both(lambda: parts_listed(parts, current_language()))
    fr, en = (
        "\n".join(filter(None, [description.text(language), listed.text(language)]))
        for language in ("fr", "en")
    )
    if max(len(fr), len(en)) > LONGEST_DESCRIPTION:
        raise BundleTooWordy(sku=sku)
    return Bilingual(fr, en)


def parts_listed(parts: Sequence[WantedPart], language: str) -> str:
    """A line for each, in the current language, which is ``language``."""
    lines = [
        gettext(
            "– %(name)s: %(quantity)s",
            name=each.product.name.text(language),
            quantity=f"{quantity(each.quantity)} {unit_label(each.product.unit.value, each.quantity)}",
        )
        for each in parts
    ]
    return "\n".join([gettext("Made up of:"), *lines])
