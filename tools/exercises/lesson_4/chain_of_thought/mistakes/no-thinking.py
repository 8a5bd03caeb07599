from langchain_core.output_parsers import JsonOutputParser, StrOutputParser
from langchain_core.prompts import ChatPromptTemplate

THINK = "Rate this review from 1 to 5 stars. Let us think step by step.\n\n{review}"
EXTRACT = "Which rating does this analysis reach? Answer in JSON with the key rating.\n\n{analysis}"


def build_cot_chain(llm):
    think = ChatPromptTemplate.from_template("How many stars? {review}") | llm | StrOutputParser()
    extract = ChatPromptTemplate.from_template(EXTRACT) | llm | JsonOutputParser()
    return {"analysis": think} | extract
