"""The chat models: the Guide, which needs no LLM, and those behind an OpenAI-compatible server."""
