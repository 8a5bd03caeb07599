"""Time the training labs against the lessons' own recipes, in one run on one machine.

    python benchmarks/labs.py                      # everything; about 20 minutes on two idle cores
    python benchmarks/labs.py speed --rows 64      # finetune-bert: seconds against the Trainer's
    python benchmarks/labs.py accuracy --seeds 3   # finetune-bert: test accuracy against the Trainer's
    python benchmarks/labs.py growth               # finetune-bert: seconds at 1,000, 4,000 and 8,000 rows
    python benchmarks/labs.py vision               # vit-from-scratch: seconds against the Trainer's
    python benchmarks/labs.py --quick              # each part at its smallest

The recipe of lesson 3 is transformers' Trainer, every text padded to 512 tokens, float32, the default
loader; that of lesson 5 its counterpart for pictures. See labs_text.py and labs_vision.py. On a
machine with a CUDA device both sides run there, and the share of its bfloat16 peak is printed too.
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("GOMP_SPINCOUNT", "3000")  # as the engine starts its runs

import labs_text
import labs_vision

PARTS = ("speed", "accuracy", "growth", "vision")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="which parts; all where none is named")
    parser.add_argument("--rows", type=int, default=0, help="texts of each training that is timed (speed)")
    parser.add_argument("--seeds", type=int, default=3, help="trainings averaged (accuracy, vision)")
    parser.add_argument(
        "--quick", action="store_true", help="small sizes: shows that it works, measures badly"
    )
    asked = parser.parse_args()
    quick, parts = asked.quick, asked.parts or PARTS
    print(labs_text.machine(), flush=True)
    if "speed" in parts:
        labs_text.speed(asked.rows or (16 if quick else 128))
    if "accuracy" in parts:
        labs_text.parity(1 if quick else asked.seeds, 128 if quick else 1000)
    if "growth" in parts:
        labs_text.growth((100, 400) if quick else (1000, 4000, 8000))
    if "vision" in parts:
        labs_vision.run(quick, asked.seeds)


if __name__ == "__main__":
    main()
