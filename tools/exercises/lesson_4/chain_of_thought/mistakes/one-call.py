from langchain_core.output_parsers import JsonOutputParser
from langchain_core.prompts import ChatPromptTemplate

THINK = "Rate this review from 1 to 5 stars. Let us think step by step.\n\n{review}"
EXTRACT = "Which rating does this analysis reach? Answer in JSON with the key rating.\n\n{analysis}"


def build_cot_chain(llm):
    prompt = ChatPromptTemplate.from_template(
        "Think step by step about this review, then give its rating in JSON with the key rating.\n\n{review}"
    )
    return prompt | llm | JsonOutputParser()
