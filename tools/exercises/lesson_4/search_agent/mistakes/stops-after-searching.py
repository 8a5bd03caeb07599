from langchain.tools import tool
from langchain_core.messages import ToolMessage
from langchain_core.runnables import RunnableLambda


def build_agent(llm, search):
    @tool
    def look_up(query: str) -> str:
        """Search the web."""
        return search(query)

    bound = llm.bind_tools([look_up])

    def run(state):
        messages = list(state["messages"])
        answer = bound.invoke(messages)
        messages.append(answer)
        for call in answer.tool_calls:
            messages.append(ToolMessage(look_up.invoke(call["args"]), tool_call_id=call["id"]))
        return {"messages": messages}

    return RunnableLambda(run)
