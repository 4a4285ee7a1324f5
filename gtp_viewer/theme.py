"""Colours, fonts and the look of the window: light, dark, or of high contrast.

The chrome is neutral grey, so that the photo and the colours of the methods are the
only colours on screen. The colours of methods are in `gtp_core.methods.families`;
`gtp_viewer.looks` makes them legible on a panel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

SCHEMES = ("system", "light", "dark", "contrast")


@dataclass(frozen=True)
class Colors:
    """The colours of one scheme. `accent` marks focus and selection.

    `text_contrast` is what all text has against its paper (WCAG 2), `stroke_contrast`
    what lines and bars have. `focus_width` is that of the frame around the widget that
    gets the keys, in pixels.
    """

    is_dark: bool
    window: str
    panel: str
    raised: str
    border: str
    text: str
    muted: str
    accent: str
    accent_text: str
    canvas: str
    warning: str
    warning_text: str
    error: str
    error_text: str
    good: str
    text_contrast: float = 4.5
    stroke_contrast: float = 2.0
    focus_width: int = 2


DARK = Colors(
    is_dark=True,
    window="#1E1F22",
    panel="#26272B",
    raised="#313338",
    border="#3D3F45",
    text="#E9E9EC",
    muted="#A6A8AF",
    accent="#6F8FC4",
    accent_text="#FFFFFF",
    canvas="#17181A",
    warning="#4A3B12",
    warning_text="#F6DE9D",
    error="#52252B",
    error_text="#FFC9CE",
    good="#6CC08B",
)
LIGHT = Colors(
    is_dark=False,
    window="#F3F3F5",
    panel="#FFFFFF",
    raised="#E9EAED",
    border="#CDCFD5",
    text="#1D1E21",
    muted="#5C5F67",
    accent="#3C62A3",
    accent_text="#FFFFFF",
    canvas="#E3E4E7",
    warning="#FFF1C9",
    warning_text="#5A4300",
    error="#FBDFE1",
    error_text="#7D1420",
    good="#1D7A43",
)
CONTRAST = Colors(
    is_dark=True,
    window="#000000",
    panel="#000000",
    raised="#262626",
    border="#FFFFFF",
    text="#FFFFFF",
    muted="#DADADA",
    accent="#00E5FF",
    accent_text="#000000",
    canvas="#000000",
    warning="#3A2C00",
    warning_text="#FFE9A8",
    error="#4A0008",
    error_text="#FFD9DC",
    good="#7CFFA8",
    text_contrast=7.0,
    stroke_contrast=3.0,
    focus_width=4,
)
_NAMED = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}


class _Notifier(QObject):
    changed = Signal()


_notifier: _Notifier | None = None
_colors: Colors = DARK
_scheme: str = "system"
_follows_system = False


def notifier() -> _Notifier:
    """The object whose signal `changed` says that the colours have changed."""
    global _notifier
    if _notifier is None:
        _notifier = _Notifier()
    return _notifier


def colors() -> Colors:
    """The colours of the scheme in use."""
    return _colors


def scheme() -> str:
    """What was asked for: one of SCHEMES."""
    return _scheme


def apply(app: QApplication, scheme: str = "system") -> None:
    """Give `app` its style, palette, font and style sheet.

    "system" follows the desktop, also when it changes later. Raises ValueError for
    an unknown scheme.
    """
    global _scheme, _follows_system
    if scheme not in SCHEMES:
        raise ValueError(f"Unknown theme {scheme!r}; allowed: {', '.join(SCHEMES)}.")
    _scheme = scheme
    if app.style().objectName() != "fusion":
        app.setStyle("Fusion")
    hints = app.styleHints()
    hints.setColorScheme(
        {
            "system": Qt.ColorScheme.Unknown,
            "light": Qt.ColorScheme.Light,
            "dark": Qt.ColorScheme.Dark,
            "contrast": Qt.ColorScheme.Dark,
        }[scheme]
    )
    if not _follows_system:
        _follows_system = True
        hints.colorSchemeChanged.connect(_follow_system)
    _use(app, _wanted())


def _follow_system() -> None:
    app = cast("QApplication | None", QApplication.instance())
    if app is not None and _scheme == "system" and _wanted() is not _colors:
        _use(app, _wanted())


def _wanted() -> Colors:
    if _scheme in _NAMED:
        return _NAMED[_scheme]
    system = QGuiApplication.styleHints().colorScheme()
    return LIGHT if system == Qt.ColorScheme.Light else DARK


def _use(app: QApplication, colors: Colors) -> None:
    global _colors
    _colors = colors
    app.setFont(ui_font())
    app.setPalette(_palette(colors))
    app.setStyleSheet(_style_sheet(colors))
    notifier().changed.emit()


def blend(over: QColor, under: QColor, share: float) -> QColor:
    """An opaque colour: `share` of `over`, the rest of `under`."""
    keep = 1.0 - share
    return QColor.fromRgbF(
        over.redF() * share + under.redF() * keep,
        over.greenF() * share + under.greenF() * keep,
        over.blueF() * share + under.blueF() * keep,
    )


def contrast(first: QColor, second: QColor) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2)."""
    bright, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(color: QColor) -> float:
    channels = (color.redF(), color.greenF(), color.blueF())
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ui_font(delta: float = 0.0, bold: bool = False) -> QFont:
    """The font of the window, `delta` points larger, with digits of one width."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPointSizeF(9.5 + delta)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def digits_font(delta: float = 0.0) -> QFont:
    """A font whose digits all have one width, for numbers that change."""
    return ui_font(delta)


def _palette(colors: Colors) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for which, value in {
        role.Window: colors.window,
        role.WindowText: colors.text,
        role.Base: colors.panel,
        role.AlternateBase: colors.raised,
        role.Text: colors.text,
        role.Button: colors.raised,
        role.ButtonText: colors.text,
        role.BrightText: colors.text,
        role.ToolTipBase: colors.raised,
        role.ToolTipText: colors.text,
        role.PlaceholderText: colors.muted,
        role.Highlight: colors.accent,
        role.HighlightedText: colors.accent_text,
        role.Link: colors.accent,
        role.Mid: colors.border,
        role.Dark: colors.border,
        role.Light: colors.raised,
        role.Midlight: colors.raised,
        role.Shadow: "#000000",
        role.Accent: colors.accent,
    }.items():
        palette.setColor(which, QColor(value))
    for which in (role.WindowText, role.Text, role.ButtonText):
        faded = QColor(colors.muted)
        faded.setAlphaF(0.6)
        palette.setColor(QPalette.ColorGroup.Disabled, which, faded)
    return palette


def _outlines(colors: Colors) -> str:
    """Outlines of controls, which the style makes from the palette too faintly."""
    if colors is not CONTRAST:
        return ""
    return f"""
QLineEdit, QPushButton {{ border: 1px solid {colors.border}; border-radius: 3px;
  padding: 3px 6px; background: {colors.panel}; }}
QPushButton:disabled {{ border-style: dashed; color: {colors.muted}; }}
QAbstractItemView::indicator, QCheckBox::indicator {{ width: 11px; height: 11px;
  border: 2px solid {colors.border}; background: {colors.panel}; }}
QAbstractItemView::indicator:checked, QCheckBox::indicator:checked {{
  background: {colors.accent}; }}
QScrollBar::handle {{ background: {colors.muted}; border-radius: 3px; }}
QScrollBar {{ background: {colors.panel}; width: 12px; height: 12px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
"""


def _style_sheet(colors: Colors) -> str:
    """Only what the palette cannot say: flat docks, thin lines, quiet tool tips."""
    return f"""
{_outlines(colors)}
QMainWindow::separator {{ background: {colors.window}; width: 6px; height: 6px; }}
QMainWindow::separator:hover {{ background: {colors.border}; }}
QDockWidget {{ color: {colors.muted}; }}
QDockWidget::title {{ background: {colors.window}; padding: 5px 8px 4px 8px; }}
QTabBar::tab {{ padding: 5px 12px; color: {colors.muted}; border: none;
  background: {colors.window}; border-bottom: 2px solid transparent; }}
QTabBar::tab:selected {{ color: {colors.text};
  border-bottom: 2px solid {colors.accent}; }}
QTabBar::tab:hover {{ color: {colors.text}; }}
QToolButton#overlay, QToolButton#choice {{ border: 1px solid {colors.border};
  border-radius: 4px; padding: 2px 16px 2px 7px; color: {colors.muted};
  background: transparent; }}
QToolButton#choice {{ padding: 2px 8px; }}
QToolButton#overlay:checked, QToolButton#choice:checked {{ color: {colors.text};
  background: {colors.raised}; border-color: {colors.muted}; }}
QToolButton#overlay:hover, QToolButton#choice:hover {{ color: {colors.text}; }}
QToolButton#choice:focus {{ border-color: {colors.accent}; }}
QToolButton#overlay::menu-button {{ border: none; width: 16px; }}
QToolTip {{ color: {colors.text}; background: {colors.raised};
  border: 1px solid {colors.border}; padding: 4px 6px; }}
QMenuBar {{ background: {colors.window}; padding: 2px 4px; }}
QMenuBar::item {{ padding: 4px 9px; border-radius: 4px; background: transparent; }}
QMenuBar::item:selected {{ background: {colors.raised}; }}
QStatusBar {{ background: {colors.window}; color: {colors.muted}; }}
QStatusBar::item {{ border: none; }}
"""
