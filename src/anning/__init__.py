"""Anning 安宁: no commercial SMS or call reaches a person against their wish."""

__version__ = "0.1.0"
