"""The time zones that a seller may be in."""

from functools import lru_cache
from zoneinfo import available_timezones

REGIONS = ("Europe", "America", "Indian", "Pacific", "Africa", "Atlantic")
"""Those of Europe and of the French overseas come first."""
FIRST = "Europe/Paris"


@lru_cache
def time_zones() -> list[tuple[str, str]]:
    """Names as the tz database has them, and as a list shows them; Paris first."""
    regions = {name: position for position, name in enumerate(REGIONS)}
    known = [
        (zone != FIRST, regions[zone.partition("/")[0]], zone)
        for zone in available_timezones()
        if zone.partition("/")[0] in regions and zone.count("/") == 1
    ]
    return [(zone, zone.replace("_", " ")) for _other, _region, zone in sorted(known)]
