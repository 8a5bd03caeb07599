r"""Formulas as readable Unicode, at once and as they stream."""

from __future__ import annotations

import random

import pytest

from tutor.formulas import FormulaStream, readable
from tutor.latex import to_block, to_line

MIXED = r"""The loss is $L = \frac{1}{n}\sum_i (y_i-\hat y_i)^2$, it costs $5 and $10. See [1] and [2, 3],
[a link](http://x.org) and `$x$`.

$$
\sigma(z)=\frac{1}{1+e^{-z}}
$$

text $$a^2$$. after

```python
x = "$a$"  # [1]
$$ b $$
```

    indented $x$

- item \(x_i\)
    more $y_j$

| a | $|x|$ |
|---|---|
| b | $$\frac{a}{b}$$ |

> quote
> $$x^2$$

~~~
$c$
~~~

array \[not\] and \[ x = 1 \] and unfinished $x +
"""


@pytest.mark.parametrize(
    ("latex", "line"),
    [
        (r"\frac{1}{n}\sum_{i=1}^{n}(y_i-\hat{y}_i)^2", "1/n ∑ᵢ₌₁ⁿ (yᵢ − ŷᵢ)²"),
        (r"\mathbf{W}\in\mathbb{R}^{d\times k}", "W ∈ ℝ^(d×k)"),
        (r"\theta^* = \operatorname{argmin}_\theta L(\theta)", "θ* = argmin_θ L(θ)"),
        (r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", "(a, b; c, d)"),
        (r"\sqrt{a^2+b^2} \le |a|+|b|", "√(a² + b²) ≤ |a| + |b|"),
        (r"P(y=k\mid x) \to 1", "P(y = k ∣ x) → 1"),
        (r"-\log p(x)", "−log p(x)"),
        (r"\text{if } x > 0", "if x > 0"),
        (r"50\%", "50%"),
        (r"x_{i,j}^{(l)}", "x_(i,j)⁽ˡ⁾"),
        (r"\mathcal{L}_{CE}", "ℒ_CE"),
        (r"損失 = \alpha", "損失 = α"),
    ],
)
def test_a_formula_reads_well_on_one_line(latex, line):
    assert to_line(latex) == line


def test_a_fraction_is_stacked_in_a_block():
    assert to_block(r"\sigma(z)=\frac{1}{1+e^{-z}}").splitlines() == [
        "           1",
        "σ(z) = ─────────",
        "        1 + e⁻ᶻ",
    ]


def test_limits_stand_above_and_below_a_sum():
    assert to_block(r"\sum_{i=1}^{n} x_i").splitlines() == [" n", " ∑  xᵢ", "i=1"]


def test_matrices_and_cases_have_tall_brackets():
    assert to_block(r"\begin{bmatrix} 1 & 20 \\ 300 & 4 \end{bmatrix}").splitlines() == [
        "⎡ 1   20⎤",
        "⎣300  4 ⎦",
    ]
    assert to_block(r"f=\begin{cases} 1 & x>0 \\ 0 & \text{else}\end{cases}").splitlines() == [
        "    ⎧1  x > 0",
        "f = ⎨",
        "    ⎩0  else",
    ]


@pytest.mark.parametrize(
    "latex",
    ["", "{", "}", "}{{", r"\frac", r"\frac{a}", r"\sqrt[", r"\left(", r"\begin{matrix}", "^", "_", "^^__''", "\\",
     r"\begin{cases}\end{cases}", "{" * 3000, r"\left(" * 500, r"\hat" * 300, r"\unknown{x}", "a" * 20_000,
     r"\frac{" * 800, "x^" * 2000, r"\begin{matrix}" * 300],
    ids=lambda latex: latex[:12],
)  # fmt: skip
def test_no_formula_however_broken_fails(latex):
    to_line(latex)
    to_block(latex)


def test_a_whole_text_is_made_readable_and_code_is_left_alone():
    text = readable(MIXED)
    assert "L = 1/n ∑ᵢ (yᵢ − ŷᵢ)²" in text
    assert r"it costs \$5 and \$10" in text
    assert r"[\[1\]](source:1) and [\[2\]](source:2) [\[3\]](source:3)" in text
    assert "[a link](http://x.org) and `$x$`" in text
    assert 'x = "$a$"  # [1]\n$$ b $$\n' in text
    assert "    indented $x$" in text
    assert "- item xᵢ\n    more yⱼ" in text
    assert "| a | \\|x\\| |" in text
    assert "| b | a/b |" in text
    assert "> ```formula\n> x²\n> ```" in text
    assert "~~~\n$c$\n~~~" in text
    assert "array \\[not\\] and" in text
    assert "a².\n```\nafter" in text


@pytest.mark.parametrize("seed", range(60))
def test_pieces_come_to_the_same_as_the_whole(seed):
    chance = random.Random(seed)
    stream, parts, at = FormulaStream(), [], 0
    while at < len(MIXED):
        step = chance.randint(1, 9)
        parts.append(stream.feed(MIXED[at : at + step]))
        at += step
    parts.append(stream.finish())
    assert "".join(parts) == readable(MIXED)


def test_an_unfinished_formula_is_held_back():
    stream = FormulaStream()
    assert stream.feed("so $\\frac{1}") == "so "
    assert stream.feed("{2}$ ") == "1/2 "


def test_ordinary_text_is_not_held_back():
    stream = FormulaStream()
    assert stream.feed("Words come ") == "Words come "
    assert stream.feed("as they are") == "as they are"


def test_a_dollar_that_never_closes_is_given_up_at_the_end_of_the_paragraph():
    stream = FormulaStream()
    assert stream.feed("it costs $five") == "it costs "
    assert stream.feed(" euros\n\nNext") == "\\$five euros\n\nNext"


def test_citations_stay_plain_where_they_are_not_wanted():
    assert readable("as in [1] of the book", citations=False) == "as in [1] of the book"


def test_for_a_plain_terminal_formulas_are_neither_fenced_nor_escaped() -> None:
    stream = FormulaStream(citations=False, markdown=False)
    shown = (
        "".join(
            stream.feed(piece) for piece in ("Cost $5 and $w_N", " x_N$:\n\n$$s = \\sum_i", " w_i$$\n\nEnd")
        )
        + stream.finish()
    )
    assert "```" not in shown
    assert "\\" not in shown
    assert "w_N x_N" in shown
    assert "Cost $5" in shown
