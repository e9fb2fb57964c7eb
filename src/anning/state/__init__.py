"""What a running installation remembers beside the journal (运行状态): secrets, sessions, jobs, queues, counts.

Nothing here is evidence of anything; what counts before the law is in the journal, and no secret ever is. For SQLite
the state is a file of its own beside the system of record, so that the doors never wait for the journal's writer; for
PostgreSQL it is tables in the same database. Floors above bring their own migrations and statements.
"""

from anning.state.sealing import Seal
from anning.state.state import State, state_url

__all__ = ["Seal", "State", "state_url"]
