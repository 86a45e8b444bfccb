"""The lines of a frozen content as a reader of one language sees them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from backoffice.db import unscaled
from backoffice.money import Recurrence, step_of, unit_price_with_vat, with_vat
from backoffice.quotes.choice import Selection, with_quantity
from backoffice.quotes.frozen_lines import Line, is_counted, kind_of, range_of, recurrence_of
from backoffice.quotes.offers import OfferKind


@dataclass(frozen=True)
class ReadLine:
    """A line as read. A consumer's unit price and total include VAT, a professional's do not.

    ``group``: id of the section whose variants exclude each other; ``least`` and ``most``: between what the client
    may choose the quantity; ``is_whole``: only in whole numbers; ``hides_prices``: its section tells what it comes to.
    """

    id: str
    kind: str
    name: str = ""
    description: str = ""
    nature: str = ""
    unit: str = ""
    quantity: Decimal = Decimal(0)
    unit_price: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    discount_amount: Decimal = Decimal(0)
    vat_rate: Decimal = Decimal(0)
    net: Decimal = Decimal(0)
    total: Decimal = Decimal(0)
    recurrence: str = Recurrence.ONCE.value
    offer: str = OfferKind.FIRM.value
    group: str | None = None
    taken: bool = True
    least: Decimal | None = None
    most: Decimal | None = None
    is_whole: bool = True
    image: str | None = None
    one_of: bool = False
    hides_prices: bool = False

    @property
    def is_section(self) -> bool:
        return self.kind == "section"

    @property
    def is_note(self) -> bool:
        return self.kind == "note"

    @property
    def is_item(self) -> bool:
        return self.kind == "item"

    @property
    def is_option(self) -> bool:
        return self.offer == OfferKind.OPTION

    @property
    def is_variant(self) -> bool:
        return self.offer == OfferKind.VARIANT

    @property
    def is_chosen_by_client(self) -> bool:
        """Whether there is anything to choose about it."""
        return self.is_item and (self.offer != OfferKind.FIRM or self.least is not None)

    @property
    def shows_price(self) -> bool:
        return not self.hides_prices or self.is_chosen_by_client


def said(text: Mapping[str, str], language: str) -> str:
    """In ``language``, or in the other when there is none."""
    return text[language] or text["fr" if language == "en" else "en"]


@dataclass(frozen=True)
class Reader:
    language: str
    currency: str
    is_consumer: bool

    def lines(self, lines: Iterable[Line], taken: Selection | None) -> list[ReadLine]:
        """With the quantities of what is ``taken``; None: as offered."""
        hides, read = False, []
        for line in lines:
            if line["kind"] == "section":
                hides = line.get("hides_prices", False)
                read.append(self._section(line))
            elif line["kind"] == "note":
                read.append(
                    ReadLine(line["id"], "note", description=said(line["description"], self.language))
                )
            else:
                read.append(self._item(line, taken, hides_prices=hides))
        return read

    def _section(self, line: Line) -> ReadLine:
        return ReadLine(
            line["id"],
            "section",
            said(line["name"], self.language),
            one_of=line.get("one_of", False),
            hides_prices=line.get("hides_prices", False),
        )

    def _item(self, offered: Line, taken: Selection | None, *, hides_prices: bool) -> ReadLine:
        key, within = offered["id"], range_of(offered)
        quantity = (taken or {}).get(key, offered["quantity"])
        line = with_quantity(offered, quantity, self.currency)
        rate, step = unscaled(line["vat"]["rate"], 2), step_of(self.currency)
        net, price, count = unscaled(line["net"], 2), unscaled(line["unit_price"], 6), unscaled(quantity, 4)
        off = unscaled(line.get("discount_amount", 0), 2)
        return ReadLine(
            key,
            "item",
            said(line["name"], self.language),
            said(line["description"], self.language),
            nature=line["nature"],
            unit=line["unit"],
            quantity=count,
            unit_price=unit_price_with_vat(price, rate, count, step) if self.is_consumer else price,
            discount=unscaled(line["discount"], 2),
            discount_amount=with_vat(off, rate, step) if self.is_consumer else off,
            vat_rate=rate,
            net=net,
            total=with_vat(net, rate, step) if self.is_consumer else net,
            recurrence=recurrence_of(line).value,
            offer=kind_of(line).value,
            group=line.get("group"),
            taken=line.get("taken", True) if taken is None else key in taken,
            least=unscaled(within[0], 4) if within else None,
            most=unscaled(within[1], 4) if within else None,
            is_whole=is_counted(offered),
            image=line.get("image"),
            hides_prices=hides_prices,
        )
