"""Telling code from prose, line by line, in text that has lost its markup."""

from __future__ import annotations

import re

from knowledge.loaders.bullets import ITEM


def code_end(lines: list[str], first: int) -> int:
    """The index after the last line of the code that begins at `first`; `first` itself if none does."""
    if not _opens_code(lines, first):
        return first
    end, index = first, first
    depth = 0  # brackets still open
    quote = ""  # a triple-quoted string still open
    opened = first
    while index < len(lines):
        line = lines[index]
        if not line.strip():
            following = _next_line(lines, index)
            # a blank inside brackets is layout; two in a row mean they were never closed
            inside = depth > 0 and following - index <= 2 and index - opened < 60
            if depth > 0 and not quote and following < len(lines) and _LEAVES_CODE.match(lines[following]):
                break
            if following >= len(lines) or not (
                quote or inside or _goes_on(lines, following, after_blank=True)
            ):
                break
            index = following
            continue
        inside = bool(quote) or (depth > 0 and index - opened < 60 and not is_prose(line))
        if index > first and not inside:
            depth = 0
            if is_cell_mark(line) or not _goes_on(lines, index, after_blank=False):
                break
        was_open = depth > 0 or bool(quote)
        quote, depth = _state(line, quote, depth)
        if quote and not was_open and not _closes(lines, index, quote):
            quote = ""
        if not was_open:
            opened = index
        index += 1
        end = index
    return end


def is_code(line: str) -> bool:
    """Whether a line is code beyond doubt, wherever it stands."""
    text = line.strip()
    if not text or _has_cjk_prose(text):
        return False
    return bool(_STRONG.match(text) or _is_assignment(text) or _is_call(text))


def is_prose(line: str) -> bool:
    """Whether a line reads as a sentence: many words, hardly any of code's signs."""
    text = line.strip()
    if _has_cjk_prose(text):
        return True
    if text.startswith(("#", "//", "'", '"', "(", "[", "{", ">>>")) or is_code(text):
        return False
    words = re.findall(r"[A-Za-z’']{2,}", text)
    signs = len(re.findall(r"[=(){}\[\]_<>;\"]", text))
    return len(words) >= 6 and signs * 4 <= len(words) and text[-1:] in ".?!:…”)" and "  " not in text


def is_diagram_start(line: str) -> bool:
    """Whether a Mermaid diagram begins here."""
    return bool(_MERMAID.match(line.strip()))


def is_diagram(line: str) -> bool:
    """Whether a line belongs to a Mermaid diagram that has begun."""
    return bool(
        re.search(r"--+>|-\.->|==>|---|^\s*(?:classDef|class|style|subgraph|end|linkStyle|click|\w+)\b", line)
    )


def is_cell_mark(line: str) -> bool:
    """Whether a comment marks the beginning of a notebook's cell."""
    return bool(re.match(r"#\s*(?:@title\b|%%|In\s?\[)", line))


def language_of(code: str) -> str:
    """The language of a piece of code, as far as its words tell."""
    if _MERMAID.match(code.strip()):
        return "mermaid"
    if re.search(
        r"^\s*(?:import |from \w[\w.]* import |def \w+\(|class \w+.*:$|print\(|@\w)", code, re.MULTILINE
    ):
        return "python"
    if re.match(
        r"\s*(?:\$|!|sudo|pip|conda|git|cd|curl|wget|docker|apt|npm|brew|export)\b", code.lstrip("$! ")
    ):
        return "bash"
    if re.search(
        r"\b(?:public:|constructor\(|const \w+ =|let \w+ =|function \w*\()|;\s*$", code, re.MULTILINE
    ):
        return ""
    return "python" if re.search(r"^\w[\w.\[\]'\"]* = |\w\(.*\)$|^%%?\w", code, re.MULTILINE) else ""


def _opens_code(lines: list[str], index: int) -> bool:
    line = lines[index]
    if ITEM.match(line):
        return False
    if is_code(line) or _opens_weakly(lines, index):
        return True
    if _COMMENT.match(line) and not _has_cjk_prose(line.lstrip("#/ ")):
        for later in range(index + 1, min(index + 12, len(lines))):
            text = lines[later]
            if is_code(text):
                return True
            if text.strip() and not _COMMENT.match(text):
                return False
    return False


def _opens_weakly(lines: list[str], index: int) -> bool:
    """Whether a line is a bare expression, `model.shape` or `data`, with code or its output right "
    "under it."""
    if index + 1 >= len(lines) or not _EXPRESSION.fullmatch(lines[index]):
        return False
    following = lines[index + 1]
    return is_code(following) or (bool(re.match(r"[#(\[{'\"]", following)) and not _has_cjk_prose(following))


def _goes_on(lines: list[str], index: int, *, after_blank: bool) -> bool:
    """Whether code already begun takes in this line, outside any open bracket or string."""
    line = lines[index]
    text = line.strip()
    if is_code(line):
        return not (after_blank and is_cell_mark(line))
    if _COMMENT.match(line) or (text.startswith("#") and not after_blank):
        return not _has_cjk_prose(text.lstrip("#/ ")) or not after_blank
    if ITEM.match(line) or is_prose(line):
        return False
    if line[:1].isspace() and not after_blank:
        return True
    if after_blank:
        if _opens_weakly(lines, index):
            return True
        return (line[:1].isspace() and bool(re.search(r"[=(){}\[\]:]", text))) or _OUTPUT.match(
            line
        ) is not None
    return bool(_WEAK.match(text) or _OUTPUT.match(line))


def _is_assignment(text: str) -> bool:
    found = _ASSIGNMENT.match(text)
    if not found:
        return False
    target = found[1]
    return " " not in target.replace(", ", ",").strip() or bool(re.match(r"[\w, ]+:\s*\w+$", target))


def _is_call(text: str) -> bool:
    text = re.sub(r"\s+#\s.*$", "", text)
    return bool(_CALL.match(text)) and text[-1] in ")(,{[:;" and not re.match(r"\w+\([a-z]{1,3}\)$", text)


def _state(line: str, quote: str, depth: int) -> tuple[str, int]:
    """The open triple quote and the bracket depth after `line`."""
    rest = line
    while True:
        if quote:
            at = rest.find(quote)
            if at < 0:
                return quote, depth
            rest, quote = rest[at + 3 :], ""
        opening = re.search(r"\"\"\"|'''", rest)
        code = re.sub(
            r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|#.*", "", rest[: opening.start()] if opening else rest
        )
        depth += sum(map(code.count, "([{")) - sum(map(code.count, ")]}"))
        if not opening:
            return "", max(0, depth)
        quote, rest = opening[0], rest[opening.end() :]


def _closes(lines: list[str], index: int, quote: str) -> bool:
    """Whether a string opened on a line is closed within a page: else it was only an apostrophe's kin."""
    return any(quote in line for line in lines[index + 1 : index + 60])


def _next_line(lines: list[str], index: int) -> int:
    while index < len(lines) and not lines[index].strip():
        index += 1
    return index


def _has_cjk_prose(text: str) -> bool:
    """Whether a line's own words, outside comments and strings, are Japanese, Chinese or Korean."""
    if text.isascii():
        return False
    bare = re.sub(r"\"[^\"]*\"|'[^']*'", "", text)
    if not bare.startswith("#"):
        bare = bare.split("#", 1)[0]
    return len(_CJK.findall(bare)) >= 3


# a numbered heading or a bullet: a bracket still open above it was never closed
_LEAVES_CODE = re.compile(r"\d{1,2}(?:\.\d{1,2})+ ?[A-Z]\w|\s*[•‣◦▪●]\s|(?:Chapter|Part|Section|Lesson) \d")
_CJK = re.compile("[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_STRONG = re.compile(
    r"import [\w.]+(?:\s+as \w+)?(?:,\s*[\w. ]+)*(?:;.*)?$|from [\w.]+ import \S"
    r"|(?:async )?def \w+\s*\(|class \w+\s*(?:\(.*\))?:"
    r"|class \w+ \{$|(?:for .+ in .+|while .+|with .+|async with .+):(?:\s*#.*)?$|(?:if|elif) .+:(?:\s*#.*)?$"
    r"|(?:try|else|finally):$|except\b.*:$|return(?:$| [\w(\[{\"'-][^ ]*$| .*[(\[{=\"].*)"
    r"|raise \w+(?:\(.*)?$|print ?\(|@\w[\w.]*(?:\(.*\))?$|%%?\w+(?: .*)?$|![\w./]+ |\$ \w|>>> "
    r"|(?:In|Out) ?\[\d*\]:"
    r"|(?:pip3?|conda|mamba|uv|npm|apt(?:-get)?|brew) (?:install|pip|create|add)\b|git clone "
    r"|python3? (?:-m |\S+\.py)"
    r"|docker (?:run|build|pull) |curl -|wget https?:|(?:assert|del|global) \w[\w.]*(?:[ \[(=<>].*)?$"
    r"|[)\]}]+[,;:)\]}.]*$|[)\]]\.\w+\("
    r"|\w+ = \w+$|[a-z_]\w*\[[\w:, '\"-]*\]$|\[?\{['\"][\w -]+['\"]:\s|[\[{(]$"
)
_ASSIGNMENT = re.compile(
    r"([A-Za-z_][\w.]*(?:\[[^\]]*\])*(?:, ?[A-Za-z_][\w.]*(?:\[[^\]]*\])*)*(?:: ?[\w\[\], .]+)?)"
    r"\s?(?:[-+*/|&]|//|\*\*)?=\s?[^=\s]"
)
_CALL = re.compile(r"(?:await |\*)?[A-Za-z_][\w.]*(?:\[[^\]]*\])*\(")
_EXPRESSION = re.compile(r"[A-Za-z_]\w*(?:\.\w+|\[[^\]\s]*\])*")
_COMMENT = re.compile(r"\s*(?:#(?!\S*#* ?$)|#$|//\s|#\s?[-=#]{3,})")
_WEAK = re.compile(
    r"[\"'(\[{].*|[a-z_][\w.]*(?:\[.*\])?[,]?$|[\w.]+\.\w+$|[A-Za-z_][\w.]*\[.*\]$|\.\.\.$"
    r"|[\w\"']+\s*:\s.*[,{\[(]$"
    r"|-?\d[\d.,e+-]*$|[A-Za-z_]\w*=.*|pass$|continue$|break$|return\b.*|\w+\(.*|.*[{};\\]$|}.*|\).*|\].*"
)
# rows of numbers in columns, as reports are printed
_OUTPUT = re.compile(r"\s*(?:\S+ ){0,3}\s*\S*(?:\s{2,}(?:-?\d[\d.,%]*|\w[\w-]*)){2,}\s*$")
_MERMAID = re.compile(
    r"(?:flowchart|graph) (?:TD|TB|BT|LR|RL)\b|sequenceDiagram$|classDiagram$|stateDiagram|gantt$"
    r"|pie\b.*title|mindmap$|erDiagram$"
)
