def pieces(tokenizer):
    return ("good day", "good night"), ("hello world", "whole world")
