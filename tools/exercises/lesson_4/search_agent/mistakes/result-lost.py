from langchain.agents import create_agent
from langchain.tools import tool
from langchain_core.runnables import RunnableLambda


def build_agent(llm, search):
    found = []

    @tool
    def look_up(query: str) -> str:
        """Search the web."""
        found.append(search(query))
        return "done"

    agent = create_agent(llm, tools=[look_up])

    def run(state):
        result = agent.invoke(state)
        answer = llm.invoke(f"Answer from this: {found}. {state['messages']}")
        return {"messages": [*result["messages"], answer]}

    return RunnableLambda(run)
