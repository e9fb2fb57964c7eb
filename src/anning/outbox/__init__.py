"""What the system itself sends: one-time codes, receipts, requests to confirm (系统自发短信).

A message waits in the running state, number and text sealed, until a channel or a carrier's gateway takes it over the
API and says what became of it. Nothing here is evidence: what a message led to is in the journal.
"""

from anning.outbox.outbox import KINDS, Kind, Outbox, Waiting

__all__ = ["KINDS", "Kind", "Outbox", "Waiting"]
