"""The judge: what passes, what is told to a learner, and that nothing but a right solution passes."""

from __future__ import annotations

import json
import os
import socket
import textwrap
import threading

import psutil
import pytest

from tools.checker import check
from tools.errors import BadSubmission, CheckCancelled
from tools.exercises.catalog import exercises, find_exercise
from tools.exercises.submission import read_submission

SOFTMAX = find_exercise("softmax")
RIGHT = """
import numpy as np
def softmax(scores):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
"""


def judged(code: str, **options):
    return check(SOFTMAX, code=textwrap.dedent(code), **options)


def failing(verdict):
    return next(each for each in verdict.checks if not each.passed)


def test_a_right_solution_passes_all_checks():
    verdict = judged(RIGHT)
    assert verdict.passed
    assert len(verdict.checks) == 7
    assert all(each.passed and not each.message for each in verdict.checks)
    assert json.loads(json.dumps(verdict.as_dict()))["passed"] is True


def test_the_same_seed_asks_the_same_questions():
    first, second = (judged("def softmax(scores): return scores * 0", seed=7) for _ in range(2))
    assert [each.message for each in first.checks] == [each.message for each in second.checks]


def test_a_failing_check_tells_input_result_and_what_was_expected():
    message = failing(judged("def softmax(scores): return scores * 0")).message
    assert "call: softmax(array([[2. , 1. , 0.1]]))" in message
    assert "came back: array([[0., 0., 0.]])" in message
    assert "expected: in each row the exponentials of the scores, divided by their sum" in message


def test_an_error_shows_the_learners_own_lines_only():
    result = failing(
        judged("""
            import numpy as np
            def helper(scores):
                return np.concatenate([scores, np.zeros((9, 9))])
            def softmax(scores):
                return helper(scores)
        """)
    )
    assert "ValueError" in result.message
    assert result.traceback.splitlines() == [
        "solution.py, line 6, in softmax",
        "    return helper(scores)",
        "solution.py, line 4, in helper",
        "    return np.concatenate([scores, np.zeros((9, 9))])",
    ]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("def softmax(scores)\n    return scores", "not valid Python"),
        ("def soft_max(scores):\n    return scores", "rename it"),
        ("x = 1", "does not define softmax"),
        ("raise SystemExit(0)", "may not end the program"),
        ("import os\nos._exit(0)", "ended itself (exit code 0)"),
        ("import no_such_library\ndef softmax(s): return s", "Only libraries that come with Tutor"),
        ("softmax = 5", "not callable"),
        ("def softmax(scores): return softmax(scores)", "calls itself without end"),
        ("def softmax(a, b): return a", "missing 1 required positional argument"),
        ("(" * 5000, "not valid Python"),
    ],
)
def test_what_is_wrong_is_named(code, told):
    assert told in failing(judged(code)).message


@pytest.mark.parametrize(
    ("code", "now"),
    [
        ("from transformers import ViTFeatureExtractor", "ViTImageProcessor"),
        ("from datasets import load_metric", "sklearn.metrics"),
        ("from langchain.output_parsers.json import x", "langchain_core.output_parsers"),
        ("from langchain import hub", "langchain.hub has gone"),
        ("import numpy as np\nx = np.float(1)", "write float"),
    ],
)
def test_old_names_are_told_todays_name(code, now):
    assert now in failing(judged(code)).message


def test_an_endless_loop_ends_and_the_rest_is_not_run():
    verdict = judged("def softmax(scores):\n    while True: pass")
    assert "took too long" in failing(verdict).message
    assert verdict.checks[-1].message == "Not run: the code did not answer before."
    assert not verdict.passed


def test_a_check_is_cancelled_within_a_second_and_leaves_no_process():
    cancelled = threading.Event()
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    threading.Timer(0.6, cancelled.set).start()
    with pytest.raises(CheckCancelled):
        judged("def softmax(scores):\n    while True: pass", cancelled=cancelled)
    assert {child.pid for child in psutil.Process().children(recursive=True)} <= before


ATTACKS = {
    "exit": "def softmax(s): raise SystemExit(0)",
    "exit for good": "import os\ndef softmax(s): os._exit(0)",
    "signal": "import os, signal\ndef softmax(s): os.kill(os.getpid(), signal.SIGKILL)",
    "kill the judge": "import os\ndef softmax(s):\n    os.kill(os.getppid(), 9)\n    return s",
    "fork bomb": "import os\ndef softmax(s):\n    while True: os.fork()",
    "processes": "import subprocess\ndef softmax(s): return subprocess.run(['sleep', '100'])",
    "memory bomb": "def softmax(s):\n    x = []\n    while True: x.append(bytearray(50_000_000))",
    "a gigabyte printed": "def softmax(s):\n    for _ in range(1000): print('x' * 1_000_000)\n    return s",
    "closed stdout": "import sys, os\nsys.stdout.close(); os.close(1); os.close(2)\ndef softmax(s): return s",
    "closed descriptors": "import os\ndef softmax(s):\n    os.closerange(0, 200)\n    return s",
    "lying equality": """
        import numpy as np
        class Liar(np.ndarray):
            def __eq__(self, other): return np.ones(np.shape(other), dtype=bool)
            def __sub__(self, other): return np.zeros(np.shape(other))
            __rsub__ = __sub__
            def __array_ufunc__(self, *a, **k): return np.zeros(1)
        def softmax(s): return np.zeros_like(s).view(Liar)
    """,
    "lying object": """
        class Liar:
            def __eq__(self, other): return True
            def __getattr__(self, name): return self
            def __call__(self, *a): return self
            def __float__(self): return 0.5
        def softmax(s): return Liar()
    """,
    "lying float": """
        class Liar(float):
            def __eq__(self, other): return True
        def softmax(s): return [[Liar(1)] * len(row) for row in s]
    """,
    "patched numpy": """
        import numpy as np
        np.abs = np.max = np.allclose = lambda *a, **k: True
        np.ndarray.__eq__ = None if False else np.ndarray.__eq__
        def softmax(s): return s
    """,
    "patched judge": """
        import sys
        for module in list(sys.modules.values()):
            for name in ("difference", "close", "CheckFailed", "_array", "pack"):
                if hasattr(module, name): setattr(module, name, lambda *a, **k: "")
        def softmax(s): return s
    """,
    "forged answers": """
        import os, json, struct
        def softmax(s):
            for op in ("return", "verdict", "passed"):
                text = json.dumps({"op": op, "value": True, "passed": True}).encode()
                for fd in range(3, 40):
                    try: os.write(fd, struct.pack(">II", len(text), 0) + text)
                    except OSError: pass
            return s
    """,
    "a frame of 4 GB announced": """
        import os
        def softmax(s):
            for fd in range(3, 40):
                try: os.write(fd, b"\\xff" * 8)
                except OSError: pass
            return s
    """,
    "a hostile dtype": """
        import os, json, struct
        def softmax(s):
            value = {"$": "array", "dtype": "O", "shape": [1], "length": 8}
            text = json.dumps({"op": "return", "value": value}).encode()
            for fd in range(3, 40):
                try: os.write(fd, struct.pack(">II", len(text), 8) + text + b"AAAAAAAA")
                except OSError: pass
            return s
    """,
    "endless list": "def softmax(s):\n    x = []\n    x.append(x)\n    return x",
    "a huge answer": "import numpy as np\ndef softmax(s): return np.zeros((20_000, 1_000))",
    "threads without end": """
        import threading, time
        def softmax(s):
            while True: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    """,
    "import the checks": "from tools.exercises.lesson_2.softmax.solution import softmax",
    "import the checker": "import tools.checker\ndef softmax(s): return s",
    "a generator": "def softmax(s):\n    yield s",
    "a pickle": "import pickle\ndef softmax(s): return pickle.dumps(s)",
    "nan": "import numpy as np\ndef softmax(s): return s * np.nan",
}


@pytest.mark.parametrize("code", ATTACKS.values(), ids=ATTACKS.keys())
def test_an_attack_does_not_pass(code):
    verdict = judged(code)
    assert not verdict.passed
    assert failing(verdict).message


def test_annotations_are_what_python_makes_of_them():
    verdict = judged("def note(x: int): return x\nassert note.__annotations__['x'] is int\n" + RIGHT)
    assert verdict.passed


def test_threads_that_outlive_the_call_do_no_harm():
    verdict = judged(
        RIGHT.replace(
            "def softmax(scores):\n",
            "import threading, time\ndef softmax(scores):\n"
            "    threading.Thread(target=time.sleep, args=(60,)).start()\n",
        )
    )
    assert verdict.passed


def stolen(tmp_path, expression: str) -> str:
    """What the learner's code sees when it evaluates the expression."""
    verdict = judged(
        f"import os, socket, sys\ntry:\n    print('SAW', {expression})\n"
        "except BaseException as error:\n    print('REFUSED', type(error).__name__)\n" + RIGHT
    )
    assert verdict.passed, "an attempt at import time must not keep a right solution from passing"
    return verdict.output


def layers() -> tuple[str, ...]:
    return judged(RIGHT).isolation


@pytest.fixture(scope="module")
def held():
    in_force = layers()
    if not {"Landlock", "mount namespace"} & set(in_force) or "seccomp" not in in_force:
        pytest.skip(f"this system gives only these layers: {', '.join(in_force)}")


def test_the_reference_solution_cannot_be_read(tmp_path, held):
    assert "REFUSED" in stolen(tmp_path, f"open({str(SOFTMAX.folder / 'solution.py')!r}).read()")
    assert "REFUSED" in stolen(tmp_path, f"os.listdir({str(SOFTMAX.folder)!r})")


def test_keys_in_the_environment_cannot_be_read(tmp_path, held, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    assert "sk-very-secret" not in stolen(tmp_path, "dict(os.environ)")
    assert "REFUSED" in stolen(tmp_path, "open(f'/proc/{os.getppid()}/environ').read()")


def test_the_home_cannot_be_read(tmp_path, held, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "diary.txt").write_text("dear diary")
    assert "REFUSED" in stolen(tmp_path, f"open({str(tmp_path / 'diary.txt')!r}).read()")


def test_files_elsewhere_cannot_be_deleted_or_written(tmp_path, held):
    victim = tmp_path / "tutor.db"
    victim.write_text("state")
    assert "REFUSED" in stolen(tmp_path, f"os.remove({str(victim)!r})")
    assert "REFUSED" in stolen(tmp_path, f"open({str(victim)!r}, 'w').write('passed')")
    assert victim.read_text() == "state"


def test_no_connection_can_be_opened(tmp_path, held):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert "REFUSED" in stolen(tmp_path, f"socket.create_connection(('127.0.0.1', {port}), 2)")


def test_what_is_printed_is_kept_and_cut():
    verdict = judged("print('hello')\n" + RIGHT)
    assert verdict.passed
    assert verdict.output.strip() == "hello"
    assert len(judged("print('x' * 1_000_000)\n" + RIGHT).output) <= 10_000


# -- the learner's file


def test_a_notebook_is_taken_cell_by_cell(tmp_path):
    cells = [
        {"cell_type": "markdown", "source": ["# Softmax"]},
        {
            "cell_type": "code",
            "source": ["%matplotlib inline\n", "!pip install numpy\n", "import numpy as np"],
        },
        {"cell_type": "code", "source": RIGHT},
    ]
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps({"cells": cells, "nbformat": 4}))
    verdict = check(SOFTMAX, path)
    assert verdict.passed
    assert verdict.remarks == ("2 lines of the notebook that start with ! or % were passed over.",)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.py", b"", "empty"),
        ("blank.py", b"  \n\n", "empty"),
        ("latin.py", "x = 'é'".encode("latin-1"), "not UTF-8"),
        ("binary.py", b"\x7fELF\0\0", "binary"),
        ("huge.py", b"#" * 50_000_000, "larger than 1 MB"),
        ("broken.ipynb", b"{", "not a notebook"),
        ("other.ipynb", b"[1, 2]", "not a notebook"),
        ("notes.txt", b"hello", "neither a .py nor an .ipynb"),
    ],
)
def test_a_file_that_cannot_be_read_as_code_is_refused_in_one_sentence(tmp_path, name, content, told):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadSubmission, match=told) as caught:
        check(SOFTMAX, path)
    assert caught.value.help


def test_a_folder_a_pipe_a_link_and_a_missing_file_are_refused(tmp_path):
    (tmp_path / "folder.py").mkdir()
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "link.py").symlink_to(SOFTMAX.folder / "solution.py")
    for name, told in [("folder", "folder"), ("pipe", "ordinary"), ("link", "link"), ("none", "no file")]:
        with pytest.raises(BadSubmission, match=told):
            check(SOFTMAX, tmp_path / f"{name}.py")


def test_the_programs_own_solution_cannot_be_handed_in():
    with pytest.raises(BadSubmission, match="belongs to Tutor"):
        read_submission(SOFTMAX.folder / "solution.py")


def test_python_files_of_other_declared_encodings_and_line_ends_are_read(tmp_path):
    path = tmp_path / "old.py"
    path.write_bytes("# -*- coding: latin-1 -*-\r\nname = 'é'\r\n".encode("latin-1") + RIGHT.encode())
    assert check(SOFTMAX, path).passed


# -- every exercise


def test_exercises_are_listed_in_the_order_of_the_course():
    places = [(each.lesson, each.order) for each in exercises()]
    assert places == sorted(places)


def test_an_unknown_exercise_names_the_nearest():
    from tools.errors import UnknownExercise

    with pytest.raises(UnknownExercise) as caught:
        find_exercise("sofmax")
    assert "softmax" in caught.value.help
