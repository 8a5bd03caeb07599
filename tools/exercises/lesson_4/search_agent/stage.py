"""Beside the learner's code: the judge's search as an ordinary function with a type hint and a docstring."""


def search_function(find):
    """A function that asks `find` and returns the text that it gives."""

    def search(query: str) -> str:
        """Search the web and return what was found as a text."""
        return find(query)

    return search
