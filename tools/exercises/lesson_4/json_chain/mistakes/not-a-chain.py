from langchain_core.output_parsers import JsonOutputParser
from langchain_core.prompts import ChatPromptTemplate


def build_chain(llm):
    prompt = ChatPromptTemplate.from_template("Rate from 1 to 5, as JSON with the key rating: {review}")
    chain = prompt | llm | JsonOutputParser()
    print(chain)
