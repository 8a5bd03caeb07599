"""A chain that ends in JSON."""

from langchain_core.output_parsers import JsonOutputParser
from langchain_core.prompts import ChatPromptTemplate


def build_chain(llm):
    """A chain whose invoke({"review": text}) asks `llm` for a rating and gives {"rating": int}."""
    raise NotImplementedError("write this")
