"""What LaTeX's names and letters look like in Unicode."""

from __future__ import annotations

from functools import cache

RELATIONS = frozenset("=<>≤≥≠≈≡∼≃≅∝∈∉∋⊂⊆⊃⊇→←↔⇒⇐⇔↦⟶⟵⟹≪≫∣⊥≔|:")
BINARY = frozenset("+-−±∓×÷·⋅∗∘⊕⊗⊙∪∩∧∨∖")
BIG_OPERATORS = frozenset("∑∏∐⋃⋂⨁⨂")
LIMIT_WORDS = frozenset({"lim", "max", "min", "sup", "inf", "argmax", "argmin", "limsup", "liminf"})
WORDS = LIMIT_WORDS | frozenset(
    [
        "log",
        "ln",
        "lg",
        "exp",
        "sin",
        "cos",
        "tan",
        "cot",
        "sec",
        "csc",
        "arcsin",
        "arccos",
        "arctan",
        "sinh",
        "cosh",
        "tanh",
        "det",
        "dim",
        "ker",
        "deg",
        "gcd",
        "hom",
        "Pr",
        "tr",
        "rank",
        "diag",
        "sign",
        "softmax",
        "sigmoid",
        "ReLU",
        "mod",
    ]
)

NAMES = {
    "ldots": "…", "dots": "…", "cdots": "⋯", "dotsc": "…", "dotsb": "⋯", "vdots": "⋮", "ddots": "⋱",
    "cdot": "·", "times": "×", "div": "÷", "pm": "±", "mp": "∓", "ast": "∗", "star": "⋆", "circ": "∘",
    "bullet": "•", "oplus": "⊕", "otimes": "⊗", "odot": "⊙", "setminus": "∖", "cup": "∪", "cap": "∩",
    "wedge": "∧", "land": "∧", "vee": "∨", "lor": "∨", "lnot": "¬", "neg": "¬",
    "le": "≤", "leq": "≤", "leqslant": "≤", "ge": "≥", "geq": "≥", "geqslant": "≥", "ne": "≠", "neq": "≠",
    "approx": "≈", "equiv": "≡", "sim": "∼", "simeq": "≃", "cong": "≅", "propto": "∝", "ll": "≪", "gg": "≫",
    "in": "∈", "notin": "∉", "ni": "∋", "subset": "⊂", "subseteq": "⊆", "supset": "⊃", "supseteq": "⊇",
    "to": "→", "rightarrow": "→", "leftarrow": "←", "gets": "←", "leftrightarrow": "↔", "mapsto": "↦",
    "Rightarrow": "⇒", "implies": "⇒", "Leftarrow": "⇐", "iff": "⇔", "Leftrightarrow": "⇔",
    "longrightarrow": "⟶", "longleftarrow": "⟵", "uparrow": "↑", "downarrow": "↓",
    "sum": "∑", "prod": "∏", "coprod": "∐", "bigcup": "⋃", "bigcap": "⋂", "bigoplus": "⨁", "bigotimes": "⨂",
    "int": "∫", "iint": "∬", "oint": "∮", "partial": "∂", "nabla": "∇", "infty": "∞", "forall": "∀",
    "exists": "∃", "nexists": "∄", "emptyset": "∅", "varnothing": "∅", "angle": "∠", "perp": "⊥",
    "top": "⊤", "bot": "⊥", "mid": "∣", "vert": "|", "Vert": "‖", "lVert": "‖", "rVert": "‖",
    "lvert": "|", "rvert": "|", "|": "‖", "parallel": "∥", "langle": "⟨", "rangle": "⟩", "lfloor": "⌊",
    "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]",
    "prime": "′", "dagger": "†", "hbar": "ℏ", "ell": "ℓ", "Re": "ℜ", "Im": "ℑ", "aleph": "ℵ", "wp": "℘",
    "coloneqq": "≔", "therefore": "∴", "because": "∵", "checkmark": "✓", "degree": "°", "colon": ":",
    "epsilon": "ϵ", "varepsilon": "ε", "phi": "φ", "varphi": "φ", "vartheta": "ϑ", "varrho": "ϱ",
    "{": "{", "}": "}", "%": "%", "$": "$", "#": "#", "&": "&", "_": "_", "lt": "<", "gt": ">",
    "backslash": "\\", "not": "¬",
}  # fmt: skip
ACCENTS = {
    "hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0305", "tilde": "\u0303",
    "widetilde": "\u0303", "vec": "\u20d7", "dot": "\u0307", "ddot": "\u0308", "underline": "\u0332",
}  # fmt: skip
SPACES = {
    ",": " ", ";": " ", ":": " ", " ": " ", "quad": "  ", "qquad": "    ", "!": "", "thinspace": " ",
    "enspace": " ", "medspace": " ", "hspace": " ", "~": " ",
}  # fmt: skip
BLACKBOARD = dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True)) | {"E": "𝔼", "1": "𝟙"}
SCRIPT = dict(zip("BEFHILMR", "ℬℰℱℋℐℒℳℛ", strict=True))

SUPERSCRIPT = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ′∗*⊤ ",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡ′**ᵀ ",
        strict=True,
    )
)
SUBSCRIPT = dict(
    zip("0123456789+-−=()aehijklmnoprstuvxβγρφχ ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ ", strict=True)
)


@cache
def symbol(name: str) -> str:
    r"""What `\name` looks like; the bare name where nothing is known of it."""
    if name in NAMES:
        return NAMES[name]
    if name in WORDS:
        return name
    from pylatexenc.latex2text import get_default_latex_context_db

    spec = get_default_latex_context_db().get_macro_spec(name)
    found = getattr(spec, "simplify_repl", None)
    return found if isinstance(found, str) and found and "%" not in found else name


def scripted(text: str, table: dict[str, str]) -> str | None:
    """`text` raised or lowered, spaces dropped; None where Unicode lacks one of its letters."""
    packed = text.replace(" ", "")
    if packed and all(letter in table for letter in packed):
        return "".join(table[letter] for letter in packed)
    return None
