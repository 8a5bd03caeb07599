"""An agent that searches, then answers."""

from langchain.agents import create_agent
from langchain.tools import tool

INSTRUCTIONS = "Search for facts that you do not know for certain, and answer from what the search has found."


def build_agent(llm, search):
    """An agent that lets `llm` call `search(query) -> str`; its answer is the last message."""

    @tool
    def look_up(query: str) -> str:
        """Search the web and return what was found."""
        return search(query)

    return create_agent(llm, tools=[look_up], system_prompt=INSTRUCTIONS)
