from langchain_core.output_parsers import JsonOutputParser
from langchain_core.prompts import ChatPromptTemplate


def build_chain(llm):
    prompt = ChatPromptTemplate.from_template(
        "Rate the review from 1 to 5. Answer in JSON with the key rating."
    )
    return prompt | llm | JsonOutputParser()
