from langchain.agents import create_agent


def build_agent(llm, search):
    return create_agent(llm, tools=[], system_prompt="Search the web before you answer.")
