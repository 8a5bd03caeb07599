from langchain.agents import create_agent
from langchain.tools import tool
from langchain_core.runnables import RunnableLambda


def build_agent(llm, search):
    @tool
    def look_up(query: str) -> str:
        """Search the web."""
        return search(query)

    return create_agent(llm, tools=[look_up]) | RunnableLambda(lambda result: result["messages"][-1].content)
