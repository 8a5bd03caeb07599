"""Beside the learner's code: sleeping takes no time, and the judge hears of each pause."""

import asyncio
import time

_report = None


def pauses_to(report):
    """Tell `report` the seconds of every pause from now on."""
    global _report
    _report = report


def _pause(seconds):
    if not seconds >= 0:
        raise ValueError("sleep length must be non-negative")
    if _report is not None:
        _report(float(seconds))


async def _pause_async(delay, result=None):
    _pause(delay)
    return result


time.sleep = _pause
asyncio.sleep = _pause_async
