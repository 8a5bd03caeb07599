from langchain.agents import create_agent
from langchain.tools import tool


def build_agent(llm, search):
    @tool
    def look_up(query: str) -> str:
        """Search the web."""
        return search(query.split()[-1])

    return create_agent(llm, tools=[look_up])
