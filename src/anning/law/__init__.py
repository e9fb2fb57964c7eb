"""The law as a value: observations in, predicates and rules of an instrument, a decision out.

Pure: no I/O, no clock.
"""
