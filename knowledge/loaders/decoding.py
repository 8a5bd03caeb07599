"""From bytes to clean text: the encoding detected, and nothing left in it that could drive a terminal."""

from __future__ import annotations

import codecs
import re

from knowledge.errors import Unreadable


def decode(data: bytes) -> str:
    """The text of `data`, in whatever encoding it is; line ends become "\\n".

    Raises Unreadable where no encoding fits.
    """
    return clean(_to_text(data))


def clean(text: str) -> str:
    """`text` without terminal control sequences, control characters, lone surrogates or "\\r"."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _UNWANTED.search(text):
        text = _ESCAPES.sub("", text)
        text = text.replace("\f", "\n").replace("\v", "\n")
        text = _UNWANTED.sub("", text)
    return text


def looks_binary(head: bytes) -> bool:
    """Whether the first bytes of a file are not text in any encoding."""
    if head.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    if b"\0" in head:
        return not _utf16_without_mark(head)
    controls = len(_CONTROL_BYTES.findall(head))
    return controls > max(8, len(head) // 20)


def _to_text(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    guess = _utf16_without_mark(data[:4096])
    if guess:
        return data.decode(guess, errors="replace")
    if b"\x1b$" in data[:65536]:
        try:
            return data.decode("iso2022_jp")
        except UnicodeDecodeError:
            pass  # an escape sequence that only looks like ISO-2022-JP
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _guess_legacy(data)


def _guess_legacy(data: bytes) -> str:
    """Text in an encoding older than UTF-8.

    Japanese is tried first and judged by its kana, because a general detector is unsure of it on
    short texts and takes it for Chinese.
    """
    best, best_share = "", 0.2
    for encoding in ("cp932", "euc_jp"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        beyond = sum(ord(character) > 127 for character in text[:20000])
        share = len(_KANA.findall(text[:20000])) / max(1, beyond)
        if share > best_share:
            best, best_share = text, share
    if best:
        return best
    # one broken byte in a UTF-8 file must not turn the rest of it into another encoding
    repaired = data.decode("utf-8", errors="replace")
    broken = repaired.count("\ufffd")
    beyond = sum(ord(character) > 127 for character in repaired[:200000]) - broken
    if broken * 10 < beyond:
        return repaired
    from charset_normalizer import from_bytes

    match = from_bytes(data[:65536]).best()
    if match is None:
        if broken > len(repaired) // 4:
            raise Unreadable(
                "The text is in no encoding that could be recognised.",
                help="Save it as UTF-8 and try again.",
            )
        return data.decode("cp1252", errors="replace")
    western = data[:65536].decode("cp1252", errors="replace")
    foreign = [character for character in western if ord(character) > 127]
    # of the many one-byte encodings a detector cannot tell apart on a page, the common one wins if it fits
    if sum(character in _WESTERN for character in foreign) >= 0.9 * len(foreign):
        return data.decode("cp1252", errors="replace")
    return data.decode(match.encoding, errors="replace")


def _utf16_without_mark(head: bytes) -> str:
    """The UTF-16 variant whose zero bytes stand where ASCII text would put them, or ""."""
    if len(head) < 8 or b"\0" not in head:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > half * 0.4 and even < half * 0.02:
        return "utf-16-le"
    if even > half * 0.4 and odd < half * 0.02:
        return "utf-16-be"
    return ""


_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WESTERN = frozenset("éèêëàâäáãåæçîïíìñôöóòõøœùûüúßÉÈÊÀÂÄÅÆÇÎÑÔÖØŒÛÜÓ‘’“”–—…«»°£€§·•©®™\u00a0")
_KANA = re.compile("[\u3041-\u30ff]")
_CONTROL_BYTES = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")
# CSI, OSC and single-character escapes, in their 7-bit and 8-bit forms
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]"
)
# control characters, byte order marks, direction overrides (they can make a line read as another), surrogates
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
