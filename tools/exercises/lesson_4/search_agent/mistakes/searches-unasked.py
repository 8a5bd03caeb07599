from langchain_core.runnables import RunnableLambda


def build_agent(llm, search):
    def run(state):
        last = state["messages"][-1]
        question = last["content"] if isinstance(last, dict) else last[1]
        found = search(question)
        answer = llm.invoke(f"Answer from this: {found}\n\nQuestion: {question}")
        return {"messages": [*state["messages"], answer]}

    return RunnableLambda(run)
