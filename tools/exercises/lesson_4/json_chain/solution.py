"""A chain that ends in JSON."""

from langchain_core.output_parsers import JsonOutputParser
from langchain_core.prompts import ChatPromptTemplate

TEMPLATE = """Here is a review of a business:

{review}

How many stars, from 1 to 5, did the reviewer give?
Answer with a JSON object and nothing else, in the form {{"rating": 3}}."""


def build_chain(llm):
    """A chain whose invoke({"review": text}) asks `llm` for a rating and gives {"rating": int}."""
    return ChatPromptTemplate.from_template(TEMPLATE) | llm | JsonOutputParser()
