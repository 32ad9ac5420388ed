"""Icons: masks in assets/icons (drawn by devtools/draw_icons.py), coloured from the palette."""

from functools import cache
from pathlib import Path

import customtkinter as ctk
from PIL import Image

from gui import style

ASSETS = Path(__file__).parent.parent / "assets"


@cache
def icon(name: str, size: int = 20, colour: style.Colour = style.TEXT) -> ctk.CTkImage:
    """The icon in both themes; CustomTkinter shows the right one and scales it. Tk thread."""
    mask = Image.open(ASSETS / "icons" / f"{name}.png").convert("L")
    # Scaled well once here: CustomTkinter shrinks with a filter that frays thin lines.
    mask = mask.resize((size * 4, size * 4), Image.Resampling.LANCZOS)
    light, dark = (_tinted(mask, shade) for shade in colour)
    return ctk.CTkImage(light_image=light, dark_image=dark, size=(size, size))


def _tinted(mask: Image.Image, colour: str) -> Image.Image:
    image = Image.new("RGBA", mask.size, colour)
    image.putalpha(mask)
    return image
