"""Web addresses, short links and mini-program links in a text (链接)."""

from __future__ import annotations

import re
from typing import Final

from anning.content import skim

_TLD = (
    "com|cn|net|org|gov|edu|cc|top|xyz|vip|shop|io|me|info|biz|tv|app|club|site|online|link|ink|ltd|"
    "co|hk|tw|us|uk|la|im|so|fun|win|pro|"
    "cloud|tech|work|wang|mobi|asia|store|live|life|icu|bid|fit|ren|run|ly|gl|ws|to|gs|nu|cm|eu|de|"
    "jp|kr|ru|ai|dev|page|red|pub|pw|tk|ml|ga|"
    "cf|gq|loan|date|space|website|press|news|video|world|group|plus|mx|in|is|gd|ee|sg|my|ph|th|vn|"
    "id|au|ca|fr|it|es|ch|se|no|nl|pl|br"
)
_HIDDEN_DOT = re.compile(
    r"(?<=[A-Za-z0-9])[ ]?(?:。|·|点|、|\(dot\)|\[dot\]|\(\.\)|\[\.\]|\(点\)|\[点\]|"
    r" dot )[ ]?(?=(?:com|cn|net|org|cc|top|xyz|vip|shop|info|tv|app|club|site|me|io|co|la|im|so|fun|"
    r"win)(?![A-Za-z0-9]))",
    re.IGNORECASE,
)
_BLANK_DOT = re.compile(
    r"(?<=[A-Za-z0-9])(?: \. ?|\. | ?, ?)(?=(?:com|cn|net|org|cc|top|xyz|vip)(?![A-Za-z0-9]))|"
    r"(?<=www)[ 。点·]+(?=[a-z0-9])",
    re.IGNORECASE,
)
_BODY = r"[^\s\u3000-\u303f\u3400-\u9fff\uff00-\uffef<>\"'“”‘’()\[\]{}|，。；！？]"
_SCHEME = re.compile(
    rf"(?:https?|hxxps?|ftp|weixin|alipays?|taobao|openapp\.[a-z]+)\s?:\s?[/\\]{{1,2}}\s?(?P<rest>{_BODY}+)",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"(?<![@A-Za-z0-9_.\-/])(?:[a-z0-9](?:[a-z0-9\-]{{0,40}}[a-z0-9])?\.){{1,5}}(?:{_TLD})(?![a-z0-9\-@]|"
    rf"\.[a-z0-9])(?::\d{{2,5}})?(?:[/?#]{_BODY}*)?",
    re.IGNORECASE,
)
_WWW = re.compile(rf"(?<![A-Za-z0-9_.])www\.{_BODY}+", re.IGNORECASE)
_ADDRESS = re.compile(rf"(?<![A-Za-z0-9_.])(?:\d{{1,3}}\.){{3}}\d{{1,3}}(?::\d{{2,5}}|/){_BODY}*")
_MINI_PROGRAM = re.compile(rf"#小程序:[/\\]{{0,2}}[^\s,，。;；]+|(?<![A-Za-z0-9_.])mp:[/\\]{{2}}{_BODY}+")
_CHINESE_DOMAIN = re.compile(
    r"[\u3400-\u9fffa-z0-9\-]{2,20}\.(?:中国|公司|网络|网址|商城|政务)(?![\u3400-\u9fff])", re.IGNORECASE
)
_MAIL = re.compile(r"[A-Za-z0-9_.+\-]+@[\w\-]+(?:\.[\w\-]+)+")
_NOT_A_DOMAIN = re.compile(r"(?:co\.ltd|no\.\d.*|\d+\.\d+\.?[a-z]{0,2}|(?:[a-z]\.)+[a-z])", re.IGNORECASE)
# Each kind of link, and what shows at once that there is none of it.
_KINDS: Final[tuple[tuple[re.Pattern[str], re.Pattern[str] | None], ...]] = (
    (_SCHEME, re.compile(r":\s?[/\\]")),
    (_MINI_PROGRAM, re.compile(r"#小程序|mp:")),
    (_WWW, re.compile(r"www\.", re.IGNORECASE)),
    (_ADDRESS, re.compile(r"\d\.\d+\.\d")),
    (_BARE, re.compile(r"\.[A-Za-z]")),
    (_CHINESE_DOMAIN, re.compile(r"\.[中公网商政]")),
)
_TRAIL = ".,;:!?-~_"


def read_links(folded: str, bits: int = skim.EVERYTHING) -> tuple[str, ...]:
    """The links of a folded text, disguised dots restored, in order and each once.

    A version number, a price or a mail address is none.

    Args:
        bits: what the text holds, see `skim`.
    """
    text = _MAIL.sub(" ", folded) if "@" in folded else folded
    if bits & skim.HIDDEN_POINTS:
        text = _BLANK_DOT.sub(".", _HIDDEN_DOT.sub(".", text))
    found: dict[int, str] = {}
    taken: list[tuple[int, int]] = []
    for pattern, gate in _KINDS:
        if gate is not None and gate.search(text) is None:
            continue
        for match in pattern.finditer(text):
            link = match[0].rstrip(_TRAIL)
            if any(a <= match.start() < b for a, b in taken):
                continue
            if pattern is _BARE and _NOT_A_DOMAIN.fullmatch(link):
                continue
            taken.append(match.span())
            found[match.start()] = link
    return tuple(dict.fromkeys(found[place] for place in sorted(found)))


def domain_of(link: str) -> str:
    """The host of a link in lower case, without scheme, path and port."""
    host = re.sub(r"^[a-z]+\s?:\s?[/\\]{1,2}\s?", "", link.lower())
    return re.split(r"[/?#:\\]", host, maxsplit=1)[0]
