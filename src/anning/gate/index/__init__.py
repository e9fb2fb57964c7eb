"""Who wishes what: from a number to all that its holders said (索引).

`Index` is what the gate asks. `PlainIndex`, a dictionary of full histories, serves small worlds and any moment;
`CompactIndex` serves a nation, from its latest statement on; `PastIndex` asks the registers about moments before that.
"""

from anning.gate.index.compact import CompactIndex
from anning.gate.index.past import PastIndex
from anning.gate.index.plain import PlainIndex
from anning.gate.index.protocol import Histories, Index, Places, Towards

__all__ = ["CompactIndex", "Histories", "Index", "PastIndex", "Places", "PlainIndex", "Towards"]
