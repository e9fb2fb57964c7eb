"""Counts of what went to whom: kept, reserved at dispatch, read as a snapshot (联系计数).

`contacts` says what the gate asks; `kept` answers from memory; `ledger` makes it last and reserves; `owner` lets many
processes ask one; `view` is the snapshot that a gate judges by.
"""
