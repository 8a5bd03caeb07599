"""Think first, then extract."""

from langchain_core.output_parsers import JsonOutputParser, StrOutputParser
from langchain_core.prompts import ChatPromptTemplate


def build_cot_chain(llm):
    """A chain whose invoke({"review": text}) lets `llm` think, then extract: it gives {"rating": int}."""
    raise NotImplementedError("write this")
