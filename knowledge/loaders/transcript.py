"""Transcripts of talks (.srt, .vtt, or text with timestamps): what was said, located by time."""

from __future__ import annotations

import re

from knowledge.loaders.content import Content
from knowledge.passages import Block


def load_transcript(text: str, name: str) -> Content:
    """Paragraphs of about 500 characters that end at a sentence; location is "00:01:10-00:02:05"."""
    title = ""
    spoken: list[tuple[str, str]] = []
    time = "00:00:00"
    lines = text.split("\n")
    for index, line in enumerate(lines):
        line = line.strip()
        if not line or _FURNITURE.match(line):
            found = re.match(r"WEBVTT\s*[-:]?\s+(\S.*)", line)
            title = found[1] if found else title
            continue
        if line.isdigit() and index + 1 < len(lines) and "-->" in lines[index + 1]:
            continue
        stamp = _STAMP.match(line)
        if stamp:
            time = _normal(stamp[1])
            line = line[stamp.end() :].strip()
        line = re.sub(r"</?[\w.: ]+>|\{\\an\d\}", "", line).strip()
        if line and (not spoken or spoken[-1][1] != line):  # rolling captions say each line twice
            spoken.append((time, line))
    return Content(title, tuple(_paragraphs(spoken, time)))


def looks_like_transcript(text: str) -> bool:
    """Whether a plain text is a transcript: it opens as one, or many of its lines begin with a time."""
    if text.startswith("WEBVTT"):
        return True
    lines = [line for line in text[:20_000].split("\n") if line.strip()]
    stamped = sum(bool(_STAMP.match(line.strip())) for line in lines)
    return stamped >= 3 and stamped * 5 >= len(lines)


def _paragraphs(spoken: list[tuple[str, str]], end: str) -> list[Block]:
    blocks: list[Block] = []
    parts: list[str] = []
    begin = ""
    for index, (time, line) in enumerate(spoken):
        begin = begin if parts else time
        speaker = bool(_SPEAKER.match(line))
        if parts and speaker and sum(map(len, parts)) > 300:
            blocks.append(_block(parts, begin, time))
            parts, begin = [], time
        parts.append(line)
        size = sum(map(len, parts))
        after = spoken[index + 1][0] if index + 1 < len(spoken) else end
        if (size > 500 and line.endswith((".", "?", "!", "。", "？", "！"))) or size > 1000:
            blocks.append(_block(parts, begin, after))
            parts = []
    if parts:
        blocks.append(_block(parts, begin, end))
    return blocks


def _block(parts: list[str], begin: str, end: str) -> Block:
    text = parts[0]
    for part in parts[1:]:
        joint = "\n" if _SPEAKER.match(part) else "" if _CJK_END.search(text) else " "
        text += joint + part
    return Block("prose", text, begin if begin == end else f"{begin}-{end}")


def _normal(stamp: str) -> str:
    parts = [part.zfill(2) for part in re.split(r"[.,]", stamp)[0].split(":")]
    return ":".join(["00"] * (3 - len(parts)) + parts)


_STAMP = re.compile(
    r"[\[(]?((?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?)(?:\s*-->\s*(?:\d{1,2}:)?\d{1,2}:\d{2}[.,]\d{1,3}[^\n]*)?[\])]?"
    r"(?=\s|$)[ -]*"
)
_FURNITURE = re.compile(r"(?:WEBVTT|NOTE\b|STYLE\b|REGION\b|Kind:|Language:|::cue)")
_SPEAKER = re.compile(r"(?:>>|-)\s|[A-Z][\w .]{0,30}:\s")
_CJK_END = re.compile("[\u3001-\u30ff\u4e00-\u9fff\uff01-\uff9f]$")
