"""The two truecolor themes: 墨 `mo`, dark, and 宣 `xuan`, light.

Four background planes give depth without a single line; one accent says place, focus and keys, because red,
amber and green already mean something. Neither ground is pure black or white: less glare over a day.
"""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

MO: Final = Theme(
    name="mo",
    dark=True,
    primary="#62B3EA",
    secondary="#62B3EA",
    accent="#62B3EA",
    success="#83CFA0",
    warning="#F2BE63",
    error="#FF8A78",
    foreground="#E9EEF3",
    background="#10161D",
    surface="#161E27",
    panel="#1E2935",
    variables={
        "raised": "#273543",
        "muted": "#A7B6C4",
        "faint": "#8294A5",
        "on-accent": "#08131C",
        "row": "#1F4059",
        "on-title": "#08131C",
        "chip-missing": "#C4382A",
        "on-missing": "#FFFFFF",
        "chip-defect": "#F2BE63",
        "on-defect": "#201400",
        "stop": "#8F1D14",
        "stop-deep": "#6E130C",
        "on-stop": "#FFFFFF",
        "on-stop-muted": "#FFD9D3",
        "bar": "#62B3EA",
        "bar-quiet": "#4A6780",
        "block-cursor-background": "#1F4059",
        "block-cursor-foreground": "#E9EEF3",
        "block-cursor-text-style": "none",
        "input-cursor-background": "#E9EEF3",
        "input-cursor-foreground": "#10161D",
        "input-selection-background": "#1F4059",
    },
)

XUAN: Final = Theme(
    name="xuan",
    dark=False,
    primary="#0E5A9E",
    secondary="#0E5A9E",
    accent="#0E5A9E",
    success="#1B6A3A",
    warning="#835200",
    error="#B02318",
    foreground="#1A2027",
    background="#FBF9F3",
    surface="#F3EFE4",
    panel="#E6E0D0",
    variables={
        "raised": "#FFFFFF",
        "muted": "#4D565F",
        "faint": "#646C74",
        "on-accent": "#FFFFFF",
        "row": "#CFE2F3",
        "on-title": "#FFFFFF",
        "chip-missing": "#B02318",
        "on-missing": "#FFFFFF",
        "chip-defect": "#F3C24F",
        "on-defect": "#2A1B00",
        "stop": "#A3221A",
        "stop-deep": "#83170F",
        "on-stop": "#FFFFFF",
        "on-stop-muted": "#FFE3DE",
        "bar": "#0E5A9E",
        "bar-quiet": "#748DA1",
        "block-cursor-background": "#CFE2F3",
        "block-cursor-foreground": "#1A2027",
        "block-cursor-text-style": "none",
        "input-cursor-background": "#1A2027",
        "input-cursor-foreground": "#FBF9F3",
        "input-selection-background": "#CFE2F3",
    },
)

THEMES: Final = (MO, XUAN)
