"""Finding the code in a message, and the exercise that it is for."""

from __future__ import annotations

import pytest

from tutor.agent.exercises.code import defined_names, missing_imports, split_code
from tutor.agent.exercises.finding import exercise_of

SOFTMAX = """import numpy as np

def softmax(scores):
    e = np.exp(scores)
    return e / e.sum(axis=1)"""


@pytest.mark.parametrize(
    ("message", "prose", "code"),
    [
        (f"is this right?\n```python\n{SOFTMAX}\n```\nthanks", "is this right? thanks", SOFTMAX),
        (f"~~~\n{SOFTMAX}\n~~~", "", SOFTMAX),
        (f"```py\n{SOFTMAX}", "", SOFTMAX),
        (f"check this:\n\n{SOFTMAX}\n\nis it correct?", "check this: is it correct?", SOFTMAX),
        (f"{SOFTMAX}\n合っていますか", "合っていますか", SOFTMAX),
        (f"合っていますか？\n{SOFTMAX}", "合っていますか？", SOFTMAX),
        ("is this right? def f(x): return x", "is this right?", "def f(x): return x"),
        ("is `def f(x): return x` right?", "is right?", "def f(x): return x"),
        (
            "    def f(x):\n        return x\n    def g(y):\n        return 2\nok?",
            "ok?",
            "def f(x):\n    return x\ndef g(y):\n    return 2",
        ),
        ("def f(x:\n    return x\nis it ok?", "is it ok?", "def f(x:\n    return x"),
        ("class A(B):\n  pass", "", "class A(B):\n  pass"),
        ("what is softmax?", "what is softmax?", ""),
        ("I set learning_rate = 0.1, is that right?", "I set learning_rate = 0.1, is that right?", ""),
        ("a class of words, by definition", "a class of words, by definition", ""),
    ],
)
def test_words_and_code_are_told_apart(message: str, prose: str, code: str) -> None:
    pasted = split_code(message)
    assert (pasted.prose, pasted.code) == (prose, code)


def test_what_is_fenced_as_something_else_is_no_code() -> None:
    message = "why?\n```text\ndef f(x): pass\n```"
    assert split_code(message).code == ""


def test_several_fences_are_one_file() -> None:
    message = "check\n```python\nimport math\n```\nand\n```python\ndef f(x):\n    return math.e\n```"
    assert split_code(message).code == "import math\n\ndef f(x):\n    return math.e"


def test_names_are_known_also_of_code_that_does_not_parse() -> None:
    assert defined_names("class A:\n    def inner(self): pass\n\nb = 3\ndef c(): pass") == {"A", "b", "c"}
    assert defined_names("def softmax(x:\n    return x") == {"softmax"}


def test_code_is_for_the_exercise_whose_names_it_defines() -> None:
    assert exercise_of(SOFTMAX) == ("softmax",)
    assert exercise_of("def confusion_matrix(a, b, c): pass") == ("confusion",)
    assert exercise_of("def hello(): pass") == ()


def test_names_of_several_exercises_are_left_open_unless_one_is_preferred() -> None:
    code = "def evaluate(*given):\n    return 0.5"
    assert {"evaluate-model", "evaluate-ratings"} <= set(exercise_of(code))
    assert exercise_of(code, ["softmax", "evaluate-ratings"]) == ("evaluate-ratings",)


def test_a_function_pasted_alone_gets_the_imports_of_the_starter() -> None:
    starter = "import numpy as np\nimport math, re\n\ndef f(x): ..."
    assert missing_imports("def f(x):\n    return np.exp(math.pi)", starter) == [
        "import numpy as np",
        "import math",
    ]
    assert missing_imports("import numpy as np\ndef f(x): return np.exp(x)", starter) == []
    assert missing_imports("def f(x:", starter) == []
