"""Think first, then extract."""

from langchain_core.output_parsers import JsonOutputParser, StrOutputParser
from langchain_core.prompts import ChatPromptTemplate

THINK = """Here is a review of a business:

{review}

Analyse what the reviewer liked and disliked, and say how many stars, from 1 to 5, they gave.
Let's think step by step."""
EXTRACT = """Here is an analysis of a review:

{analysis}

Which number of stars does it arrive at? Answer with JSON and nothing else, in the form {{"rating": 3}}."""


def build_cot_chain(llm):
    """A chain whose invoke({"review": text}) lets `llm` think, then extract: it gives {"rating": int}."""
    think = ChatPromptTemplate.from_template(THINK) | llm | StrOutputParser()
    extract = ChatPromptTemplate.from_template(EXTRACT) | llm | JsonOutputParser()
    return {"analysis": think} | extract
