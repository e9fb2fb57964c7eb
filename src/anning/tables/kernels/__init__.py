"""Loops over the bytes of a list, compiled (编译核): where rows end, what number stands in a cell, rows on their way.

Each takes arrays and plain numbers and does not hold the interpreter, so that reading, judging and writing go on side
by side. They are imported where they are first used: what reads no list does not wait for the compiler.
"""
