"""Fit the decision "nothing here answers" on question files and print its bias, slopes and threshold.

    python benchmarks/calibrate_search.py HOME COLLECTION QUESTIONS.jsonl [...] [--answerable FILE ...]
        [--encoder auto] [--lexical]

HOME is a TUTOR_HOME whose index holds COLLECTION. Of the files after --answerable only the answerable
questions are taken: the course answers what its source documents do, and some of what they don't. The
threshold is set so that 2.5 % of the answerable questions are declined; the share of unanswerable ones
declined is printed by five-fold cross-validation. Copy the numbers into `knowledge/ranking.py`, as
`prepared` for the course and `plain` for anything else.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from knowledge.evaluation import read_questions
from knowledge.library import Library
from knowledge.ranking import ranker_for
from knowledge.search import Searcher

DECLINED = 0.025


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("collection")
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--answerable", type=Path, nargs="*", default=[])
    parser.add_argument("--encoder", default="auto")
    parser.add_argument("--lexical", action="store_true", help="calibrate the search without vectors")
    arguments = parser.parse_args()

    library = Library(arguments.home, arguments.encoder)
    library.prepare()
    searcher: Searcher = library._open()[1]
    ranker = ranker_for("" if arguments.lexical else library.encoder.name)
    rows, answerable = [], []
    for path in [*arguments.questions, *arguments.answerable]:
        for question in read_questions(path):
            if path in arguments.answerable and not question["answerable"]:
                continue
            text = question["question"]
            found, evidence = searcher.candidates(
                text, searcher._spelling.correct(text), [arguments.collection]
            )
            for candidate in found if arguments.lexical else ():
                candidate.cosine = 0.0
            rows.append(ranker.features(ranker.rank(found), evidence) if found else (0.0,) * 9)
            answerable.append(question["answerable"])
    x, y = np.array(rows), np.array(answerable)
    model = LogisticRegression(C=10, max_iter=5_000)
    held_out = cross_val_predict(
        model, x, y, cv=StratifiedKFold(5, shuffle=True, random_state=0), method="predict_proba"
    )[:, 1]
    limit = np.quantile(held_out[y], 0.03)
    print(f"{len(y)} questions, {y.sum()} answerable")
    print(
        f"cross-validated: {np.mean(held_out[~y] < limit):.3f} of the unanswerable declined"
        " at 3 % of the answerable"
    )
    model.fit(x, y)
    fitted = model.predict_proba(x)[:, 1]
    threshold = np.quantile(fitted[y], DECLINED)
    print(f"bias {model.intercept_[0]:.2f}")
    print("slopes", tuple(round(float(value), 2) for value in model.coef_[0]))
    print(f"threshold {threshold:.3f}: declines {np.mean(fitted[~y] < threshold):.3f} of the unanswerable")


if __name__ == "__main__":
    main()
