"""Which of the things that two lists have in common stand elsewhere: as few as tell it."""

from bisect import bisect_left
from collections.abc import Sequence

from backoffice.comparison.shape import Key


def moved(before: list[Key], after: list[Key]) -> frozenset[Key]:
    """Both hold the same keys, each once. The longest run that kept its order stands still, the others moved.

    The same answer from either side, though several runs may be as long.
    """
    if before == after:
        return frozenset()
    first, second = sorted((before, after))
    place = {key: position for position, key in enumerate(first)}
    return frozenset(second) - {first[position] for position in longest_rise([place[key] for key in second])}


def longest_rise(numbers: Sequence[int]) -> list[int]:
    """A longest increasing run of different ``numbers``, in n log n steps (patience sorting)."""
    piles: list[int] = []  # the smallest end of a run of each length
    below: dict[int, int | None] = {}
    for number in numbers:
        length = bisect_left(piles, number)
        below[number] = piles[length - 1] if length else None
        piles[length : length + 1] = [number]
    run: list[int] = []
    end = piles[-1] if piles else None
    while end is not None:
        run.append(end)
        end = below[end]
    return run[::-1]
