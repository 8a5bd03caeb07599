"""Names that old course code uses and today's libraries do not know, each with what to write now."""

from __future__ import annotations

import io
import re
import tokenize


def todays_name(source: str, error: str) -> str:
    """One sentence for each old name that the code uses, where `error` may come of it; "" where none does.

    Comments and texts use no name. An old name is told when the error speaks of it. An import that
    failed, and a keyword that nobody knows, tell of all old names of that kind: the others would be next.
    """
    code = _names_only(source[:LONGEST])
    told = []
    for old, now in OLD_NAMES:
        found = re.search(old, code)
        if found and _may_come_of(found[0], error):
            told.append(now)
    return "\n".join(dict.fromkeys(told))


def _may_come_of(used: str, error: str) -> bool:
    words = re.findall(r"\w+", used)
    if _UNKNOWN_IMPORT.search(error) and not used.endswith("="):
        return True
    if _UNKNOWN_KEYWORD.search(error) and used.endswith("="):
        return True
    return re.search(rf"\b{words[-1]}\b", error) is not None and _OF_A_NAME.search(error) is not None


def _names_only(source: str) -> str:
    """The code, a line for each statement, with one blank between its parts, no comments and no texts.

    The task that `pipeline` is asked for is kept, as it is the name of one.
    """
    lines: list[str] = []
    parts: list[str] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type in (tokenize.NEWLINE, tokenize.ENDMARKER):
                lines.append(" ".join(parts))
                parts = []
            elif token.type == tokenize.STRING:
                task = parts[-2:] == ["pipeline", "("] or parts[-4:] == ["pipeline", "(", "task", "="]
                parts.append(token.string if task else '""')
            elif token.type in (tokenize.NAME, tokenize.OP, tokenize.NUMBER):
                parts.append(token.string)
    except (tokenize.TokenError, SyntaxError):  # the rest is no Python; what was read so far counts
        lines.append(" ".join(parts))
    return re.sub(r" ?\. ?", ".", "\n".join(lines))


LONGEST = 200_000
"""Characters of code that are looked at."""
_UNKNOWN_IMPORT = re.compile(r"^(ImportError|ModuleNotFoundError|APIRemovedInV1)\b")
_UNKNOWN_KEYWORD = re.compile(r"^TypeError: .*unexpected keyword")
_OF_A_NAME = re.compile(
    r"^(ImportError|ModuleNotFoundError|AttributeError|NameError|APIRemovedInV1|SyntaxError)\b"
    r"|^TypeError: .*unexpected keyword|no longer|has been removed|[Uu]nknown task"
)
OLD_NAMES: tuple[tuple[str, str], ...] = (
    (r"\bevaluation_strategy =", "evaluation_strategy is an old name: write eval_strategy."),
    (r"\boverwrite_output_dir =", "overwrite_output_dir has gone from TrainingArguments: leave it out."),
    (r"\blogging_dir =", "logging_dir has gone from TrainingArguments: leave it out."),
    (r"\bsave_safetensors =", "save_safetensors has gone: safetensors is always used, leave it out."),
    (r"\bgroup_by_length =", "group_by_length has gone from TrainingArguments: leave it out."),
    (r"\bno_cuda =", "no_cuda is an old name: write use_cpu."),
    (r"\bwarmup_ratio =", "warmup_ratio is an old name: write warmup_steps with a number below 1."),
    (r"\bTrainer \([^\n]{0,2000}?\btokenizer =", "Trainer(tokenizer=...) is old: write processing_class=..."),
    (r"\bload_metric\b", "datasets.load_metric has gone: use the functions of sklearn.metrics."),
    (r"\bViTFeatureExtractor\b", "ViTFeatureExtractor is an old name: write ViTImageProcessor."),
    (r"\bCLIPFeatureExtractor\b", "CLIPFeatureExtractor is an old name: write CLIPImageProcessor."),
    (
        r"\blangchain\.output_parsers\b",
        "langchain.output_parsers has moved: import from langchain_core.output_parsers.",
    ),
    (r"\blangchain\.llms\b", "langchain.llms has moved: import OpenAI from langchain_openai."),
    (r"\blangchain\.prompts\b", "langchain.prompts has moved: import from langchain_core.prompts."),
    (r"\blangchain\.schema\b", "langchain.schema has moved: import from langchain_core."),
    (
        r"\blangchain\.chat_models\b",
        "langchain.chat_models' classes have moved: import ChatOpenAI from langchain_openai.",
    ),
    (r"\blangchain\.chains\b|\bLLMChain\b", "LLMChain has gone: write prompt | llm | parser."),
    (
        r"\b(AgentExecutor|create_react_agent|initialize_agent|create_openai_functions_agent)\b",
        "That agent maker is old: write langchain.agents.create_agent.",
    ),
    (
        r"\bfrom langchain import (?:\w+ , )*hub\b|\blangchain\.hub\b",
        "langchain.hub has gone: write the prompt in your code.",
    ),
    (r"\bDuckDuckGoSearchRun\b", "DuckDuckGoSearchRun has gone: make a tool of the ddgs package."),
    (r"\bduckduckgo_search\b", "duckduckgo_search is now called ddgs."),
    (
        r"\bopenai\.ChatCompletion\b|\bfrom openai import ChatCompletion\b",
        "openai.ChatCompletion.create is old: write OpenAI().chat.completions.create.",
    ),
    (r"\bopenai\.Completion\b", "openai.Completion.create is old: write OpenAI().completions.create."),
    (r"\bopenai\.error\b", "openai.error has gone: import the exceptions from openai itself."),
    (
        r"\bfrom transformers import[^\n]{0,2000}?\bAdamW\b|\btransformers\.AdamW\b",
        "transformers' AdamW has gone: use torch.optim.AdamW.",
    ),
    (
        r"\bTFAuto\w+",
        "The TensorFlow classes have gone from transformers: use the PyTorch ones (AutoModel ...).",
    ),
    (
        r"\bpipeline \( (?:task = )?[\"'](?:summarization|translation\w*|text2text-generation)",
        "That pipeline has gone: use pipeline('text-generation') with a chat model.",
    ),
    (r"\bPPOTrainer\b", "PPOTrainer has gone from trl's main names: use DPOTrainer or GRPOTrainer."),
    (
        r"\bnp\.(float|int|bool|object)\b(?!_)",
        "np.float, np.int and np.bool have gone: write float, int and bool.",
    ),
    (r"\bget_feature_names\b(?!_out)", "get_feature_names is an old name: write get_feature_names_out."),
    (r"\bnp\.product\b", "np.product is an old name: write np.prod."),
    (r"\bnp\.trapz\b", "np.trapz is an old name: write np.trapezoid."),
    (
        r"\bencode_plus\b|\bbatch_encode_plus\b",
        "encode_plus is old: call the tokenizer itself, tokenizer(text).",
    ),
)
