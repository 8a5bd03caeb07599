"""Tutor's own colours, beside those that Textual brings."""

from __future__ import annotations

from textual.theme import Theme

DEFAULT_THEME = "tutor-dark"

THEMES = (
    Theme(
        name="tutor-dark",
        primary="#7fc8a9",
        secondary="#7d9cc9",
        accent="#e9b872",
        foreground="#d8dbe2",
        background="#12141a",
        surface="#191c24",
        panel="#242833",
        success="#8ccf7e",
        warning="#e5c76b",
        error="#e57474",
        dark=True,
        variables={
            "border": "#7fc8a9",
            "border-blurred": "#343a48",
            "footer-background": "#191c24",
            "footer-key-foreground": "#e9b872",
            "input-selection-background": "#7fc8a9 30%",
            "block-cursor-background": "#2c4a45",
            "block-cursor-foreground": "#eef0f4",
            "block-cursor-text-style": "none",
            "block-cursor-blurred-background": "#222c31",
            "scrollbar": "#343a48",
            "scrollbar-hover": "#4a5265",
            "scrollbar-active": "#7fc8a9",
            "scrollbar-background": "#12141a",
            "scrollbar-background-hover": "#12141a",
            "scrollbar-background-active": "#12141a",
            "scrollbar-corner-color": "#12141a",
        },
    ),
    Theme(
        name="tutor-light",
        primary="#1f7a5c",
        secondary="#3f5f8f",
        accent="#a85a12",
        foreground="#2b2a27",
        background="#fbf9f4",
        surface="#f3f0e8",
        panel="#e7e2d6",
        success="#2f7d32",
        warning="#9a6b00",
        error="#b3261e",
        dark=False,
        variables={
            "border": "#1f7a5c",
            "border-blurred": "#cdc6b6",
            "footer-background": "#f3f0e8",
            "footer-key-foreground": "#a85a12",
            "input-selection-background": "#1f7a5c 25%",
            "block-cursor-background": "#cfe3d8",
            "block-cursor-foreground": "#1c1b19",
            "block-cursor-text-style": "none",
            "block-cursor-blurred-background": "#e6ece5",
            "scrollbar": "#cdc6b6",
            "scrollbar-hover": "#b0a894",
            "scrollbar-active": "#1f7a5c",
            "scrollbar-background": "#fbf9f4",
            "scrollbar-background-hover": "#fbf9f4",
            "scrollbar-background-active": "#fbf9f4",
            "scrollbar-corner-color": "#fbf9f4",
        },
    ),
)
