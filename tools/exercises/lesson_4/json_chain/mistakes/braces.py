from langchain_core.output_parsers import JsonOutputParser
from langchain_core.prompts import ChatPromptTemplate


def build_chain(llm):
    prompt = ChatPromptTemplate.from_template('Rate as JSON, such as {"rating": 3}: {review}')
    return prompt | llm | JsonOutputParser()
