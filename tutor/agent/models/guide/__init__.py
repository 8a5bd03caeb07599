"""The Guide: a chat model without an LLM, which answers by quoting the course."""

from tutor.agent.models.guide.model import Guide

__all__ = ["Guide"]
