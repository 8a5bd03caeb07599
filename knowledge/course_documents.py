"""The shipped course as documents for the index, under names that do not depend on where it is installed."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from knowledge.lessons import course_folder, outline
from knowledge.passages import Document


def course_documents() -> list[Document]:
    """Every section of the course as a document: titled with its lesson, its own title as first heading."""
    from knowledge.loaders import load

    documents = []
    for lesson in outline():
        title = f"Lesson {lesson.number}: {lesson.title}"
        for section in lesson.sections:
            document = load(section.path)[0][0]
            source = f"course::{section.path.relative_to(course_folder()).as_posix()}"
            documents.append(replace(document, source=source, title=title))
    return documents


def course_fingerprint() -> str:
    """Changes whenever a file of the course changes; costs a look at the folder only."""
    folder = course_folder()
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*/*.md")):
        status = path.stat()
        digest.update(f"{path.relative_to(folder)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
