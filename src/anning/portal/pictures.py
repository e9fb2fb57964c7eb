"""Pictures drawn by the server as SVG (图形): no script, no style attribute; colours come from the stylesheet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import segno
from markupsafe import Markup

_WIDTH: Final = 1000
_LEAST: Final = 6
"""A part that is there is seen, however small."""


def calm() -> Markup:
    """Noise that comes to rest: a line that trembles less and less, and lies still."""
    points = []
    for step in range(0, 1201, 3):
        loud = math.exp(-((step / 420) ** 2)) * 34
        height = loud * (0.62 * math.sin(step / 7.3) + 0.38 * math.sin(step / 3.1 + 1.3))
        points.append(f"{step} {40 - height:.1f}")
    return Markup(
        '<svg class="calm" viewBox="0 0 1200 80" preserveAspectRatio="none" aria-hidden="true">'
        '<path d="M{}" vector-effect="non-scaling-stroke"/></svg>'
    ).format("L".join(points))


def strip(parts: Sequence[tuple[str, int]], label: str) -> Markup:
    """How a whole divides: one bar in parts.

    Args:
        parts: by class of the stylesheet, how many.
        label: what it shows, for those who do not see it.
    """
    there = [(name, many) for name, many in parts if many]
    whole = sum(many for _, many in there)
    room = _WIDTH - _LEAST * len(there)
    rectangles, left = [], 0.0
    for name, many in there:
        width = _LEAST + room * many / whole
        rectangles.append(
            Markup('<rect class="{}" x="{:.1f}" y="0" width="{:.1f}" height="16"/>').format(name, left, width)
        )
        left += width
    return Markup(
        '<svg class="strip" viewBox="0 0 {} 16" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
    ).format(_WIDTH, label, Markup("").join(rectangles))


def bar(part: float, whole: float, name: str) -> Markup:
    """One figure against the greatest: said beside it in digits, so hidden from those who listen."""
    width = max(1.0, 100 * part / whole) if whole else 0.0
    return Markup(
        '<svg class="bar-of" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="rest" width="100" height="8"/><rect class="{}" width="{:.1f}" height="8"/></svg>'
    ).format(name, width)


def code_to_scan(text: str, label: str) -> Markup:
    """A QR code (二维码)."""
    made = segno.make(text, error="m")
    size = made.symbol_size(border=2)[0]
    squares = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(made.matrix_iter(border=2)) for x, dark in enumerate(row) if dark
    )
    return Markup(
        '<svg class="scan" viewBox="0 0 {0} {0}" role="img" aria-label="{1}">'
        '<rect class="ground" width="{0}" height="{0}"/><path class="dark" d="{2}"/></svg>'
    ).format(size, label, squares)
