"""Which rows are held out: the key alone decides."""

import hashlib
from dataclasses import dataclass

import numpy as np

from trainer.errors import TrainingError
from trainer.rows import Rows

#: In each class, of the rows that are trained on and of those that are held out.
FEWEST = 10


@dataclass(frozen=True)
class Parts:
    train: Rows
    holdout: Rows


def is_held_out(key: str, share: float) -> bool:
    """
    By SHA-256 of the key, and by nothing else: a row that one training held out is held out by all of them, whatever
    its seed, its place in the file and the rows beside it. So the model that is served has seen no row that a new one
    is compared with it on.
    """
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
    return number < share * 2**64


def split(rows: Rows, share: float, min_rows: int) -> Parts:
    """Raises TrainingError where too little is there to train or to judge."""
    if len(rows) < min_rows:
        raise TrainingError(f"{len(rows)} rows are too few; allowed: at least {min_rows} (--min-rows)")
    mask = np.array([is_held_out(key, share) for key in rows.keys])
    parts = Parts(rows.where(~mask), rows.where(mask))
    classes = np.unique(rows.labels)
    if len(classes) < 2:
        raise TrainingError(f"all {len(rows)} rows have the label {classes[0]}; allowed: two classes or more")
    for value in classes:
        for name, part in (("trained on", parts.train), ("held out", parts.holdout)):
            count = int((part.labels == value).sum())
            if count < FEWEST:
                raise TrainingError(
                    f"class {value}: {count} rows to be {name}; allowed: at least {FEWEST} of each class"
                )
    return parts
