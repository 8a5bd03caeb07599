"""The judge against hostile and unlucky code: nothing wrong passes, nothing escapes, and the words are kind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import time

import pytest

from tools import sandbox
from tools.checker import check
from tools.errors import BadSubmission, SandboxFailed
from tools.exercises.catalog import find_exercise
from tools.exercises.submission import read_submission
from tools.exercises.watching import empty_folder, remove

pytestmark = pytest.mark.proof  # many programs started, one after the other

SOFTMAX = find_exercise("softmax")
GENERATE = find_exercise("generate-text")
RIGHT = """
import numpy as np
def softmax(scores):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
"""
PIPES = """
import os, sys
encoding = sys.modules["sandboxed.encoding"]
def put(data):
    for descriptor in range(3, 20):
        try:
            written = os.write(descriptor, data)
            while written < len(data): written += os.write(descriptor, data[written:])
        except OSError: pass
"""


def judged(code: str, exercise=SOFTMAX):
    return check(exercise, code=textwrap.dedent(code))


def failing(verdict):
    return next(each for each in verdict.checks if not each.passed)


HOSTILE = {
    "an object that says it is a list": (
        "class Liar:\n    __class__ = property(lambda self: list)\ndef softmax(s): return Liar()",
        "it should be an array of shape (1, 3), not a Liar",
    ),
    "an object whose class ends the program": (
        "class Liar:\n    __class__ = property(lambda self: exit(1))\ndef softmax(s): return Liar()",
        "not a Liar",
    ),
    "a class that equals every class": (
        "class Kind(type):\n    __eq__ = lambda self, other: True\n    __hash__ = type.__hash__\n"
        "class Liar(metaclass=Kind): pass\ndef softmax(s): return Liar()",
        "not a Liar",
    ),
    "a tensor that cannot be read": (
        "import torch\nclass Liar(torch.Tensor):\n    def detach(self): raise OSError('not for you')\n"
        "def softmax(s): return torch.zeros(1).as_subclass(Liar)",
        "OSError: not for you",
    ),
    "an error whose text ends the program": (
        "class Text(str):\n    def __getitem__(self, key): exit(4)\n"
        "class Wrong(Exception):\n    def __str__(self): return Text('words')\ndef softmax(s): raise Wrong",
        "raised: Wrong: words",
    ),
    "an error whose class has no name": (
        "class Kind(type):\n    __name__ = property(lambda self: exit(4))\n"
        "class Wrong(Exception, metaclass=Kind): pass\ndef softmax(s): raise Wrong('words')",
        "raised: Wrong: words",
    ),
    "a syntax error in no line": (
        "def softmax(s):\n    e = SyntaxError('words')\n    e.filename, e.lineno = object(), 'x'\n    raise e",
        "raised: SyntaxError: words",
    ),
    "a number of a million digits": ("def softmax(s): return 10 ** 1_000_000", "more than a thousand digits"),
    "an array that holds itself": (
        "import numpy as np\ndef softmax(s):\n    a = np.empty(2, object)\n    a[0] = a\n    return a",
        "lists within lists without end",
    ),
    "millions of empty lists": (
        PIPES + "def softmax(s):\n    text = b'[' + b'[],' * 2_600_000 + b'[]]'\n"
        """    text = b'{"$":"dict","of":[["op","return"],["value",' + text + b']]}'\n"""
        "    put(encoding.HEADER.pack(len(text), 0) + text)",
        "single values",
    ),
    "forged messages of the right form": (
        PIPES
        + "def softmax(s):\n    put(encoding.pack({'op': 'return', 'value': True, 'passed': True}))\n    return s",
        "came back: True",
    ),
}


@pytest.mark.parametrize(("code", "told"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_values_are_told_as_what_they_are(code, told):
    verdict = judged(code)
    assert not verdict.passed
    assert told in failing(verdict).message


@pytest.mark.parametrize(
    "code",
    [
        "def softmax(s): raise ValueError('\\ud800 \\x1b[2J')",
        "def softmax(s): raise type('\\ud800\\x1b', (Exception,), {})()",
        "def softmax(s): return type('\\ud800\\x1b', (), {})()",
        "def softmax(s): return '\\ud800 \\x1b[2J'",
        "globals()['softma\\ud800\\x1b'] = 1",
    ],
)
def test_what_is_told_can_be_printed_anywhere(code):
    result = failing(judged(code))
    assert "\\ud800" in result.message
    assert "\x1b" not in result.message
    result.message.encode()


def test_code_may_do_without_its_streams():
    assert judged("import sys\ndel sys.stdout, sys.stderr\n" + RIGHT).passed


def test_a_flood_of_requests_to_the_judge_ends_with_the_time():
    code = """
        import threading
        def softmax(scores):
            def read():
                while True:
                    for descriptor in range(3, 20):
                        try: os.read(descriptor, 1 << 16)
                        except OSError: pass
            threading.Thread(target=read, daemon=True).start()
            data = encoding.pack({"op": "callback", "id": 1, "args": [], "kwargs": {}}) * 500
            while True: put(data)
        def generate(model, tokenizer, prompt, tokens): softmax(None)
    """
    verdict = judged(PIPES + textwrap.dedent(code), GENERATE)
    assert not verdict.passed
    assert "did not answer" in failing(verdict).message


def test_a_function_of_the_judge_is_not_answered_after_the_call():
    code = """
        import threading, time
        def generate(model, tokenizer, prompt, tokens):
            def later():
                time.sleep(0.2)
                try: model(tokenizer(prompt, return_tensors="pt").input_ids)
                except RuntimeError as error: print(error)
            threading.Thread(target=later).start()
            return prompt
    """
    verdict = judged(code, GENERATE)
    assert "prompt-missing" not in verdict.output
    assert "did not answer" not in "".join(each.message for each in verdict.checks)


def test_a_model_is_not_asked_about_more_than_it_reads():
    code = "import torch\ndef generate(model, *_): return model(torch.ones(1, 30_000, dtype=torch.long))"
    assert "reads at most 512 tokens" in failing(judged(code, GENERATE)).message


# -- what an unlucky learner is told


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("from helper import f", "must stand in this one file"),
        ("from .helper import f", "must stand in this one file"),
        ("open('data.csv')", "need no other"),
        ("name = input()", "Nobody answers input()"),
        ("breakpoint()\nx = 1", "take breakpoint() out"),
        ("def softmax(s): pass\nreturn s", "look at its indentation"),
        ("import ctypes\ndef softmax(s): ctypes.string_at(0)", "calls itself without end"),
        ("x = " + "a" + ".b" * 60_000, "nested too deeply"),
        ("def softmax(s): pass\nx = f'" + "{1}" * 300_000 + "'", "did not answer"),
    ],
)
def test_the_usual_misfortunes_are_explained(code, told):
    assert told in failing(judged(code)).message


ARGUMENTS = "from transformers import TrainingArguments\nTrainingArguments('out', {}=1)"


@pytest.mark.parametrize(
    ("code", "now"),
    [
        *(
            (ARGUMENTS.format(old), now)
            for old, now in [
                ("evaluation_strategy", "eval_strategy"),
                ("overwrite_output_dir", "leave it out"),
                ("no_cuda", "use_cpu"),
                ("warmup_ratio", "warmup_steps"),
            ]
        ),
        ("from transformers import (\n    AutoModel,\n    AdamW,\n)", "torch.optim.AdamW"),
        ("from langchain.agents import AgentExecutor", "create_agent"),
        ("from langchain_community.tools import DuckDuckGoSearchRun", "ddgs"),
        ("import openai\nopenai.ChatCompletion.create(model='m', messages=[])", "OpenAI().chat.completions"),
        ("from trl import PPOTrainer", "GRPOTrainer"),
        ("import numpy as np\ndef softmax(s): return np.product(s)", "np.prod"),
    ],
)
def test_an_old_name_is_told_wherever_it_fails(code, now):
    message = failing(judged(code)).message
    assert now in message
    assert "Only libraries that come with Tutor" not in message


def test_an_old_name_in_a_comment_or_a_text_is_not_accused():
    code = """
        # np.product and evaluation_strategy= were used here
        def softmax(s):
            "from transformers import AdamW"
            return s.nothing
    """
    assert "write" not in failing(judged(code)).message
    assert "old" not in failing(judged("# openai.ChatCompletion\nimport no_such_library")).message


def test_long_hostile_code_does_not_hold_up_the_search_for_old_names():
    code = "Trainer(" * 12_000 + "\n" + "from transformers import " * 8_000
    began = time.process_time()
    assert "not valid Python" in failing(judged(code[:99_000])).message
    assert time.process_time() - began < 20


# -- notebooks


def notebook(path, *cells, **more):
    content = {"cells": [{"cell_type": "code", "source": each} for each in cells], "nbformat": 4, **more}
    path.write_text(json.dumps(content))
    return path


def test_only_commands_of_a_notebook_are_passed_over(tmp_path):
    text = 'TEXT = """\n!not a command\n% nor this\n"""\n'
    formatted = "LINE = ('%s'\n    % 'x')\n"
    shell = "!pip install \\\n    numpy\nfiles = !ls\nnp?\n%matplotlib inline\n"
    path = notebook(
        tmp_path / "mine.ipynb", "%%bash\nrm -rf x", shell, text + formatted, RIGHT + "\nx = 1  # why?"
    )
    read = read_submission(path)
    assert text in read.source
    assert formatted in read.source
    assert "x = 1  # why?" in read.source
    assert "numpy\n" not in read.source.split("import numpy")[0]
    assert read.remarks == ("5 lines of the notebook that start with ! or % were passed over.",)
    assert check(SOFTMAX, path).passed


def test_a_notebook_may_show_things_and_use_magics(tmp_path):
    path = notebook(
        tmp_path / "mine.ipynb", "display('hello')\nget_ipython().run_line_magic('time', '1')", RIGHT
    )
    verdict = check(SOFTMAX, path)
    assert verdict.passed
    assert "hello" in verdict.output


def test_errors_in_a_notebook_are_told_by_cell_and_line(tmp_path):
    cells = ["import numpy as np\n", ["def softmax(scores):\n", "    return scores.nothing\n"]]
    path = notebook(tmp_path / "mine.ipynb", *cells)
    assert "mine.ipynb, cell 2, line 2, in softmax" in failing(check(SOFTMAX, path)).traceback
    path = notebook(tmp_path / "mine.ipynb", "x = 1", "def softmax(")
    assert "(cell 2, line 1)" in failing(check(SOFTMAX, path)).message


def test_an_old_notebook_is_read_and_one_without_code_refused(tmp_path):
    old = {"worksheets": [{"cells": [{"cell_type": "code", "input": [RIGHT]}]}], "nbformat": 3}
    path = tmp_path / "old.ipynb"
    path.write_text(json.dumps(old))
    assert check(SOFTMAX, path).passed
    with pytest.raises(BadSubmission, match="holds no code"):
        check(SOFTMAX, notebook(tmp_path / "empty.ipynb"))
    path.write_text(json.dumps({"cells": [], "x": "x" * 21_000_000}))
    with pytest.raises(BadSubmission) as caught:
        check(SOFTMAX, path)
    assert "Clear the outputs" in caught.value.help


def test_pasted_code_may_begin_with_a_mark_and_end_lines_as_windows_does():
    assert check(SOFTMAX, code="\ufeff" + RIGHT.replace("\n", "\r\n")).passed


# -- what is left behind


def test_folders_of_killed_judges_are_removed_and_others_stay(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for name, age in (("tutor-check-old", 100_000), ("tutor-check-new", 10), ("mine", 100_000)):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    folder = empty_folder()
    assert {"mine", "tutor-check-new"} <= {each.name for each in tmp_path.iterdir()}
    assert not (tmp_path / "tutor-check-old").exists()
    remove(folder)
    assert not os.path.exists(folder.name)


def test_a_killed_judge_leaves_no_process():
    program = (
        "import os, threading\nfrom tools.checker import check\n"
        "from tools.exercises.catalog import find_exercise\n"
        "code = 'import os\\nprint(os.getpid(), flush=True)\\nwhile True: pass'\n"
        "def tell():\n"
        "    import time, psutil\n"
        "    while True:\n"
        "        born = psutil.Process().children()\n"
        "        if born and born[0].cpu_times().user > 0.3: print(born[0].pid, flush=True); return\n"
        "        time.sleep(0.05)\n"
        "threading.Thread(target=tell).start()\n"
        "check(find_exercise('softmax'), code=code)\n"
    )
    judge = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert judge.stdout is not None
    worker = int(judge.stdout.readline())
    judge.kill()
    judge.wait()
    for _ in range(100):
        if not _runs(worker):
            break
        time.sleep(0.1)
    assert not _runs(worker)


def test_without_descriptors_the_judge_says_so():
    program = (
        "import resource, sys\nfrom tools import checker, sandbox, errors\n"
        "from tools.exercises import checking, feedback\n"
        "import psutil\n"
        "from tools.exercises.catalog import find_exercise\n"
        "softmax = find_exercise('softmax')\nchecker.load_checks(softmax)\n"
        "for most in range(3, 16):\n"
        "    resource.setrlimit(resource.RLIMIT_NOFILE, (most, 64))\n"
        "    try: print(checker.check(softmax, code='def softmax(s): return s').passed)\n"
        "    except errors.SandboxFailed as error: print('refused', error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "refused The check could not be carried out: Too many open files." in done.stdout
    assert "refused No process could be started" in done.stdout


def test_many_checks_may_run_at_once():
    program = (
        "from concurrent.futures import ThreadPoolExecutor\nfrom tools.checker import check\n"
        "from tools.exercises.catalog import find_exercise\nsoftmax = find_exercise('softmax')\n"
        "code = softmax.solution()\n"
        "with ThreadPoolExecutor(12) as pool:\n"
        "    print([each.passed for each in pool.map(lambda _: check(softmax, code=code), range(12))])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == str([True] * 12), done.stderr


FILLS = "def softmax(s):\n    for n in range(10**6): open(f'f{n}', 'wb').write(b'x' * 20_000_000)"


@pytest.mark.skipif(sys.platform != "linux", reason="refuses namespaces as containers on Linux do")
def test_a_disk_is_not_filled_where_the_folder_is_an_ordinary_one():
    program = (
        "import sys\nsys.path.insert(0, 'tools/exercises')\nfrom sandboxed import kernel, seccomp\n"
        "kernel.prctl(38, 1)\n"
        "seccomp.install(seccomp.program({'unshare': (272, 97), 'mount': (165, 40)}, {}))\n"
        "from tools.checker import check\nfrom tools.exercises.catalog import find_exercise\n"
        f"verdict = check(find_exercise('softmax'), code={FILLS!r})\n"
        "print('mount namespace' in verdict.isolation, verdict.checks[1].message)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert done.stdout.startswith("False"), done.stderr
    assert "it wrote more than" in done.stdout


def test_a_folder_that_cannot_be_made_is_said(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(SandboxFailed, match="No process could be started"):
        sandbox.Sandbox(memory=2**30)


def _runs(process: int) -> bool:
    import psutil

    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
