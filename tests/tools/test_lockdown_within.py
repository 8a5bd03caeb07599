"""What a process that has locked itself down can still do: its work, within its limits."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from lockdown_place import Place

from tools.exercises.sandboxed.lockdown import layers_available

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(sys.platform == "win32", reason="the sandbox is made for POSIX systems"),
]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place.beneath(tmp_path)


def test_the_process_may_signal_itself(place: Place) -> None:
    ran = place.run(
        "import signal\nsignal.signal(signal.SIGUSR1, lambda *_: print('heard', flush=True))\nsignal.raise_signal(10)\nos.abort()"
    )

    assert ran.output == "heard\n"
    assert ran.status == -6


def test_memory_beyond_the_limit_is_a_memory_error(place: Place) -> None:
    code = "try:\n    bytearray(1 << 30)\nexcept MemoryError:\n    print('MemoryError')"

    assert place.run(code, limits="memory_bytes=512 << 20").output == "MemoryError\n"


def test_a_file_grows_no_further_than_its_limit(place: Place) -> None:
    code = """
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    with open("big", "wb", buffering=0) as big:
        while True:
            big.write(bytes(1 << 20))
except OSError as error:
    print(os.path.getsize("big"))
"""
    assert place.run(code, limits="file_bytes=3 << 20").output == f"{3 << 20}\n"


def test_many_files_fill_no_disk(place: Place) -> None:
    code = """
try:
    for number in range(10):
        open(str(number), "wb").write(bytes(1 << 20))
except OSError as error:
    print(errno.errorcode[error.errno])
"""
    ran = place.run(code, limits="folder_bytes=4 << 20")

    ran.needs("mount namespace")
    assert ran.output == "ENOSPC\n"
    assert os.listdir(place.folder) == []


def test_endless_work_is_ended(place: Place) -> None:
    ran = place.run(
        "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass",
        limits="cpu_seconds=1",
    )

    assert ran.status == -9


def test_limits_cannot_be_raised_again(place: Place) -> None:
    code = """
import resource
try:
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
except (OSError, ValueError):
    print("refused")
"""
    assert place.run(code).output == "refused\n"


def test_only_the_descriptors_that_were_passed_stay_open(place: Place) -> None:
    reading, writing = os.pipe()
    try:
        code = f"try:\n    os.fstat({writing})\nexcept OSError:\n    print('closed')\nprint(os.fstat({reading}).st_nlink)"
        before = f"lock_down = (lambda f: lambda *a: f(*a, descriptors=[{reading}]))(lock_down)"
        ran = place.run(code, before=before, pass_fds=(reading, writing))
    finally:
        os.close(reading)
        os.close(writing)

    assert ran.output == "closed\n1\n"


def test_the_folder_is_there_to_work_in(place: Place) -> None:
    code = """
import shutil, tempfile
open("one", "w").write("text")
shutil.copy("one", "two"); os.mkdir("inner"); os.rename("two", "inner/two"); os.chmod("one", 0o600)
print(open("inner/two").read(), os.path.dirname(tempfile.mkdtemp()) == os.getcwd())
shutil.rmtree("inner"); os.remove("one")
open(os.devnull, "w").write("x")
"""
    ran = place.run(code)

    ran.needs("mount namespace", "sandbox profile")
    assert ran.output == "text True\n", ran.errors


def test_a_folder_with_something_in_it_is_used_as_it_is(place: Place) -> None:
    (place.folder / "given").write_text("given")

    assert place.run("print(open('given').read()); open('made', 'w').write('made')").output == "given\n"
    assert (place.folder / "made").read_text() == "made"


def test_a_folder_within_a_hidden_one_can_be_used(place: Place) -> None:
    place.folder = place.home / "temporary" / "folder"
    place.folder.mkdir(parents=True)
    ran = place.run("open('made', 'w').write('made'); print(open('made').read())\nprint(open(secret).read())")

    assert ran.output == "made\n"


LIBRARIES = {
    "asyncio and threads": """
import asyncio
from concurrent.futures import ThreadPoolExecutor
async def main():
    return await asyncio.to_thread(sum, [1, 2])
with ThreadPoolExecutor(8) as pool:
    print(asyncio.run(main()), sum(pool.map(abs, range(-9, 0))))
""",
    "platform and ctypes": """
import ctypes.util, platform
print(bool(platform.platform()), platform.python_version() and 1, bool(ctypes.util.find_library("m") or 1))
""",
    "numpy": "import numpy as np; np.save('a.npy', np.eye(300) @ np.eye(300)); print(np.load('a.npy').sum())",
    "scikit-learn": """
import joblib, numpy as np
from sklearn.ensemble import RandomForestClassifier
rows = np.arange(40.0).reshape(20, 2)
print(RandomForestClassifier(5, n_jobs=2).fit(rows, rows[:, 0] > 20).score(rows, rows[:, 0] > 20), joblib.cpu_count() > 0)
""",
    "langchain": """
import asyncio
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
chain = ChatPromptTemplate.from_template("{a}") | FakeListChatModel(responses=["yes"]) | StrOutputParser()
print(chain.invoke({"a": 1}), asyncio.run(chain.ainvoke({"a": 1})), chain.batch([{"a": 1}] * 2))
""",
    "openai": """
import openai
try:
    openai.OpenAI(api_key="none", base_url="http://127.0.0.1:9/v1", max_retries=0).models.list()
except openai.APIConnectionError:
    print("no connection")
""",
    "torch and transformers": """
import torch
from transformers import BertConfig, BertForSequenceClassification
torch.set_num_threads(2)
made = torch.randn(400, 400)
model = BertForSequenceClassification(
    BertConfig(hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32, vocab_size=50)
)
optimizer = torch.optim.AdamW(model.parameters())
model(torch.tensor([[1, 2]])).logits.sum().backward()
optimizer.step()
print(bool((made @ made.T).isfinite().all()), torch.get_num_threads())
""",
}
ANSWERS = {
    "asyncio and threads": "3 45",
    "platform and ctypes": "True 1 True",
    "numpy": "300.0",
    "scikit-learn": "1.0 True",
    "langchain": "yes yes ['yes', 'yes']",
    "openai": "no connection",
    "torch and transformers": "True 2",
}


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_learners_libraries_work_within(place: Place, name: str) -> None:
    ran = place.run(LIBRARIES[name])

    assert ran.output.strip() == ANSWERS[name], ran.errors


BLOCKED = """
kernel.prctl(38, 1)
seccomp.install(seccomp.program({{"it": ({0}, {1})}}, {{}}))
"""
MISSING = {
    "no namespaces": ((272, 97), {"network namespace", "mount namespace"}),
    "no Landlock": ((444, 444), {"Landlock"}),
    "no mounts": ((165, 40), {"mount namespace"}),
    "an old way to mount": ((442, 442), {"mount namespace"}),
    "no second filter": ((317, 277), {"seccomp"}),
}


@pytest.mark.skipif(sys.platform != "linux", reason="the layers are Linux's")
@pytest.mark.parametrize("name", MISSING)
def test_where_a_layer_is_missing_the_others_hold(place: Place, name: str) -> None:
    numbers, lost = MISSING[name]
    everything = set(place.run("").layers)
    if "seccomp" not in everything:
        pytest.skip("this system does not offer seccomp, which takes the layers away here")
    code = "for path in (home, secret):\n    try: print(os.listdir(path) if path == home else open(path).read())\n    except OSError: print('[]')\nopen(file, 'w')"
    ran = place.run(code, before=BLOCKED.format(*numbers))

    assert set(ran.layers) == everything - lost
    if {"Landlock", "mount namespace"} & set(ran.layers):
        assert ran.output == "[]\n[]\n", ran.errors
        assert place.file.read_text() == "text"


def test_the_layers_are_told_after_trying_them() -> None:
    rows = layers_available()

    assert "resource limits" in [name for name, _, _ in rows]
    assert all(detail.endswith(".") for _, _, detail in rows)
    assert all(in_force for name, in_force, _ in rows if name == "resource limits")
