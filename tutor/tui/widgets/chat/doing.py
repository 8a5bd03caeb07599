"""What a tool call does, in words for the person who waits for it."""

from __future__ import annotations

from typing import Any

from tutor.tui.plain_text import one_line


def doing(name: str, args: dict[str, Any]) -> str:
    """What a tool call does, in words."""
    subject = str(args.get("query") or args.get("section") or args.get("section_id") or "")
    words = {
        "search_course": "Searching the material",
        "read_section": "Reading the section",
        "course_outline": "Looking at the course",
        "web_search": "Searching the web",
        "list_labs": "Looking at the labs",
        "propose_lab": "Working out what the run takes",
        "run_lab": "Working out what the run takes",
        "lab_status": "Looking at the run",
        "compare_runs": "Comparing the runs",
        "explain_result": "Reading the run's figures",
        "list_exercises": "Looking at the exercises",
        "start_exercise": "Preparing the exercise",
        "check_solution": "Checking the code",
        "get_hint": "Looking for the next hint",
        "explain_failure": "Looking at what went wrong",
    }.get(name, one_line(name.replace("_", " ").capitalize(), 40))
    return f"{words} for “{one_line(subject, 60)}”" if subject and "earch" in words else words
