"""How a seller's papers look: one colour and, perhaps, a logo."""

from dataclasses import dataclass

from backoffice.seller.colours import light, properties

HOUSE_COLOUR = "#18694c"
_EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/svg+xml": "svg", "image/webp": "webp"}


@dataclass(frozen=True, kw_only=True)
class Appearance:
    """``colour`` as ``#rrggbb``; ``logo`` as the bytes of an image of type ``logo_type``, or none."""

    colour: str = HOUSE_COLOUR
    logo: bytes | None = None
    logo_type: str = "image/png"

    @property
    def logo_name(self) -> str | None:
        """The logo's name among ``files``; none without a logo of a type that can be drawn."""
        extension = _EXTENSIONS.get(self.logo_type)
        return f"logo.{extension}" if self.logo and extension else None

    @property
    def files(self) -> dict[str, bytes]:
        """What a document of this seller needs besides the packaged files."""
        files = {"brand.css": self.style_sheet.encode()}
        if self.logo and self.logo_name:
            files[self.logo_name] = self.logo
        return files

    @property
    def style_sheet(self) -> str:
        """The seller's colours by day only: paper is white."""
        return f":root {{ {properties(light(self.colour))} }}\n"
