"""Where seller and client sat together, in words."""

from flask_babel import gettext

from backoffice.links.models import Venue


def whereabouts(venue: Venue, place: str, seller: str | None = None) -> str:
    """As “at the client’s, 12 rue des Lices”: for ours, or with the firm's name for a paper that the client keeps."""
    told = venue_told(venue) if seller is None else _venue_told_of(venue, seller)
    if venue is Venue.ELSEWHERE and place:
        return place
    return f"{told}, {place}" if place else told


def venue_told(venue: Venue) -> str:
    return {
        Venue.AT_CLIENT: gettext("at the client’s"),
        Venue.ON_PREMISES: gettext("on our premises"),
        Venue.AT_FAIR: gettext("at a fair or a show"),
        Venue.ELSEWHERE: gettext("elsewhere"),
    }[venue]


def _venue_told_of(venue: Venue, seller: str) -> str:
    if venue is Venue.ON_PREMISES:
        return gettext("on the premises of %(seller)s", seller=seller)
    if venue is Venue.ELSEWHERE:
        return gettext("away from the premises of %(seller)s", seller=seller)
    return venue_told(venue)
