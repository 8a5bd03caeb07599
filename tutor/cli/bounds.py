"""Bounds on figures, as `--at-least NAME=VALUE` and `--at-most NAME=VALUE` give them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from tutor.errors import UsageError

Command = TypeVar("Command", bound=Callable[..., Any])


def bound_options(command: Command) -> Command:
    """The two options, as `at_least` and `at_most`."""
    for name, words in (("--at-most", "higher"), ("--at-least", "lower")):
        option = click.option(
            name,
            multiple=True,
            metavar="NAME=VALUE",
            help=f"Exit with 1 where a figure is {words}; may repeat.",
        )
        command = option(command)
    return command


def read_bounds(texts: Sequence[str]) -> list[tuple[str, float]]:
    """Names and values; UsageError where a text is not NAME=VALUE."""
    bounds = []
    for text in texts:
        name, _, value = text.rpartition("=")
        try:
            number = float(value)
            if not math.isfinite(number):
                raise ValueError(value)
            bounds.append((name.strip(), number))
        except ValueError as error:
            raise UsageError(
                f"{text!r} is not NAME=VALUE.", help="For example: --at-least recall@5=0.95"
            ) from error
    return bounds


def outside(
    figures: dict[str, Any], floors: Sequence[tuple[str, float]], ceilings: Sequence[tuple[str, float]]
) -> list[str]:
    """One sentence for each figure that lies outside its bound, or could not be measured."""
    numbers = {
        name: value for name, value in figures.items() if value is None or isinstance(value, int | float)
    }
    sentences = []
    for bounds, sign, words in ((floors, 1, "below"), (ceilings, -1, "above")):
        for name, bound in bounds:
            if name not in numbers:
                raise UsageError(f"There is no figure {name!r}.", help=f"There are {', '.join(numbers)}.")
            value = numbers[name]
            if value is None:
                sentences.append(f"{name} could not be measured on these questions.")
            elif sign * value < sign * bound:
                sentences.append(f"{name} is {value}, {words} {bound}.")
    return sentences
