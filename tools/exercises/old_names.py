"""Names that old course code uses and today's libraries do not know, each with what to write now."""

from __future__ import annotations

import re


def todays_name(source: str, error: str) -> str:
    """One sentence for each old name that the code uses, where `error` may come of it; "" where none does.

    An old name is told when the error speaks of it, or when it stands in the code and the error is of the
    kind that old names cause.
    """
    told = []
    for old, now in OLD_NAMES:
        pattern = re.compile(old)
        last = old.rsplit(r"\.", 1)[-1]
        if pattern.search(source) and (
            pattern.search(error) or re.search(last, error) or _CAUSED.search(error)
        ):
            told.append(now)
    return "\n".join(dict.fromkeys(told))


_CAUSED = re.compile(
    r"^(ImportError|ModuleNotFoundError|AttributeError|APIRemovedInV1)"
    r"|^TypeError: .*unexpected keyword|no longer"
)
OLD_NAMES: tuple[tuple[str, str], ...] = (
    (r"\bevaluation_strategy\b", "evaluation_strategy is an old name: write eval_strategy."),
    (r"\boverwrite_output_dir\b", "overwrite_output_dir has gone from TrainingArguments: leave it out."),
    (r"\blogging_dir\b", "logging_dir has gone from TrainingArguments: leave it out."),
    (r"\bsave_safetensors\b", "save_safetensors has gone: safetensors is always used, leave it out."),
    (r"\bgroup_by_length\b", "group_by_length has gone from TrainingArguments: leave it out."),
    (r"\bno_cuda\b", "no_cuda is an old name: write use_cpu."),
    (r"\bwarmup_ratio\b", "warmup_ratio is an old name: write warmup_steps with a number below 1."),
    (r"Trainer\([^)]*\btokenizer\s*=", "Trainer(tokenizer=...) is old: write processing_class=..."),
    (r"\bload_metric\b", "datasets.load_metric has gone: use the functions of sklearn.metrics."),
    (r"\bViTFeatureExtractor\b", "ViTFeatureExtractor is an old name: write ViTImageProcessor."),
    (r"\bCLIPFeatureExtractor\b", "CLIPFeatureExtractor is an old name: write CLIPImageProcessor."),
    (
        r"\blangchain\.output_parsers\b",
        "langchain.output_parsers has moved: import from langchain_core.output_parsers.",
    ),
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
        r"\bfrom langchain import hub\b|\blangchain\.hub\b",
        "langchain.hub has gone: write the prompt in your code.",
    ),
    (r"\bDuckDuckGoSearchRun\b", "DuckDuckGoSearchRun has gone: make a tool of the ddgs package."),
    (r"\bduckduckgo_search\b", "duckduckgo_search is now called ddgs."),
    (
        r"\bopenai\.ChatCompletion\b",
        "openai.ChatCompletion.create is old: write OpenAI().chat.completions.create.",
    ),
    (r"\bopenai\.Completion\b", "openai.Completion.create is old: write OpenAI().completions.create."),
    (r"\bopenai\.error\b", "openai.error has gone: import the exceptions from openai itself."),
    (
        r"\bfrom transformers import[^\n]*\bAdamW\b|\btransformers\.AdamW\b",
        "transformers' AdamW has gone: use torch.optim.AdamW.",
    ),
    (
        r"\bTFAuto\w+",
        "The TensorFlow classes have gone from transformers: use the PyTorch ones (AutoModel ...).",
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
