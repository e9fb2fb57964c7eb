"""What a message is and carries, and what a subscriber's reply means (内容判断).

Pure: no clock, and no I/O but reading its own word lists and the weights of its model.
"""

from __future__ import annotations

from anning.content.judge import REPLY_HASH, RULES_HASH, content_version, judge
from anning.content.length import segments, utf16_length
from anning.content.model import Content, ContentClass, Reply, ReplyReading, WayOut
from anning.content.normalise import fold_signature, normalise
from anning.content.reply import read_reply
from anning.content.wayout import read_way_out, way_out_works

__all__ = [
    "REPLY_HASH",
    "RULES_HASH",
    "Content",
    "ContentClass",
    "Reply",
    "ReplyReading",
    "WayOut",
    "content_version",
    "fold_signature",
    "judge",
    "normalise",
    "read_reply",
    "read_way_out",
    "segments",
    "utf16_length",
    "way_out_works",
]
