"""Checks of freeze-layers: which weights of small vision transformers train after a call."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

import numpy as np

from tools.exercises.checking import Checks, Learner

checks = Checks()
BODY = ("vit.",)
EITHER = "vit.layernorm."


@checks.check("the last blocks and the head train, and nothing else")
def last_blocks(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, 6, 2)
    for _ in range(2):
        blocks = int(random.integers(4, 7))
        _expect(learner, blocks, int(random.integers(1, blocks)))


@checks.check("with 0 blocks the head trains alone")
def head_alone(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, int(random.integers(4, 7)), 0)


@checks.check("with all blocks the embeddings stay frozen")
def all_blocks(learner: Learner, random: np.random.Generator) -> None:
    blocks = int(random.integers(4, 7))
    _expect(learner, blocks, blocks)


@checks.check("in a model of 12 blocks block 1 is told from blocks 10 and 11")
def twelve(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, 12, int(random.integers(3, 7)))
    _expect(learner, 12, 11)


@checks.check("a model that comes with frozen weights is unfrozen where it should train")
def frozen_before(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, 4, 2, frozen=BODY)
    _expect(learner, 5, 3, frozen=("vit.layers.3.",))


@checks.check("a second call decides anew")
def again(learner: Learner, random: np.random.Generator) -> None:
    _expect(learner, 4, 0, 3)
    _expect(learner, 5, 4, 1)


@checks.check("the model itself comes back, its weights as they were")
def in_place(learner: Learner, random: np.random.Generator) -> None:
    found = _freezes(learner, 4, [1], ())
    call = "freeze(model, 1)"
    if not found["same"]:
        nothing = found["returned"] == "NoneType"
        learner.fail(
            "the model that was passed in",
            mistake="returns-nothing" if nothing else "makes-a-copy",
            call=call,
            wrong=f"it returned {'None' if nothing else 'another ' + found['returned']}",
        )
    if found["changed"]:
        learner.fail(
            "every weight with the value that it had", call=call, wrong="weights were changed or replaced"
        )


@checks.sign("old-name")
def old_name(tree: ast.Module, message: str) -> bool:
    """The blocks' name of before transformers 5, as an attribute or in a text to compare with."""
    if "has no attribute 'encoder'" in message:
        return True
    texts = [each.value for each in ast.walk(tree) if isinstance(each, ast.Constant)]
    return any(isinstance(each, str) and "encoder.layer" in each for each in texts)


def _expect(learner: Learner, blocks: int, *calls: int, frozen: Sequence[str] = ()) -> None:
    """Fail unless exactly the right weights train after the calls."""
    found = _freezes(learner, blocks, list(calls), list(frozen))
    trains, names = set(found["trains"]), list(found["all"])
    right = {name for name in names if _should(name, blocks, calls[-1])}
    free = {name for name in names if name.startswith(EITHER)}
    if trains - free == right and right:
        return
    state = "all of its weights but the head's frozen" if tuple(frozen) == BODY else "block 3 frozen"
    calls_text = ", then ".join(f"freeze(model, {each})" for each in calls)
    last = calls[-1]
    kept = f"of the last {last} blocks and the head" if last > 1 else "of the last block and the head"
    mistake = _mistake(trains - free, names, blocks, last, frozen)
    if old_name(learner.tree, ""):  # which explains it, whatever it looks like
        mistake = "old-name"
    elif not found["same"] and found["returned"] != "NoneType":
        mistake = "makes-a-copy"
    elif not mistake and last == 0 and _negative_slice(learner.tree):
        mistake = "zero-slice" if not _parts(right - trains, blocks) else ""
    learner.fail(
        f"the weights {kept if last else 'of the head'} to train, and no others",
        mistake=mistake,
        call=f"{calls_text}, with a model of {blocks} blocks{', ' + state if frozen else ''}",
        wrong=_wrong(trains - free, right, blocks),
    )


def _freezes(learner: Learner, blocks: int, calls: list[int], frozen: Sequence[str]) -> dict[str, Any]:
    found = learner.stage("freezes", learner.function("freeze"), blocks, calls, list(frozen))
    assert isinstance(found, dict)
    return found


def _should(name: str, blocks: int, trainable: int) -> bool:
    number = _block(name)
    return number >= blocks - trainable if number is not None else name.startswith("classifier.")


def _block(name: str) -> int | None:
    parts = name.split(".")
    return int(parts[2]) if name.startswith("vit.layers.") else None


def _parts(names: set[str], blocks: int) -> list[str]:
    """The parts of the model that hold these weights, in words."""
    numbers = sorted({number for name in names if (number := _block(name)) is not None})
    told = ["the embeddings"] if any(name.startswith("vit.embeddings.") for name in names) else []
    told += [f"block {each}" for each in numbers] if len(numbers) < blocks else ["all blocks"]
    return told + (["the head"] if any(name.startswith("classifier.") for name in names) else [])


def _wrong(trains: set[str], right: set[str], blocks: int) -> str:
    more, less = _parts(trains - right, blocks), _parts(right - trains, blocks)
    told = [f"these train and should not: {', '.join(more)}"] if more else []
    told += [f"these do not train and should: {', '.join(less)}"] if less else []
    return "; ".join(told) + " (blocks are numbered from 0)"


def _mistake(trains: set[str], names: list[str], blocks: int, last: int, frozen: Sequence[str]) -> str:
    """The mistake that leaves just these weights to train; "" where none does, or more than one."""

    def these(first: int, end: int) -> set[str]:
        """The weights of a range of blocks and of the head."""
        return {name for name in names if _block(name) in range(first, end) or name.startswith("classifier.")}

    right = these(blocks - last, blocks)
    closed = {name for name in right if name.startswith(tuple(frozen))}
    if closed and trains == right - closed:
        return "not-unfrozen"
    wrong = {
        "embeddings-train": [right | {name for name in names if name.startswith("vit.embeddings.")}],
        "head-frozen": [right - these(0, 0)] if last else [],
        "first-blocks": [these(0, last)],
        "counts-frozen": [these(last, blocks)],
        "zero-slice": [these(0, blocks)] if last == 0 else [],
        "number-prefix": [{name for name in right if _block(name) not in (10, 11)}],
        "off-by-one": [these(max(0, blocks - each), blocks) for each in (last - 1, last + 1) if each >= 0],
    }
    found = [mistake for mistake, sets in wrong.items() if trains in sets]
    return found[0] if len(found) == 1 else ""


def _negative_slice(tree: ast.Module) -> bool:
    """Whether a slice starts at minus something, as in blocks[-n:]."""
    slices = [each for each in ast.walk(tree) if isinstance(each, ast.Slice)]
    return any(isinstance(each.lower, ast.UnaryOp) for each in slices)
