"""The one error that a user sees."""

from collections.abc import Iterable
from difflib import get_close_matches


class TrainingError(Exception):
    """Says what is wrong, where, and what is allowed."""


def nearest(name: str, names: Iterable[str]) -> str:
    """`; did you mean …?`, or nothing where no name is near."""
    known = list(names)
    # By small letters: `Mean_Radius` is nearer to `mean_radius` than any other name.
    lowered = {each.lower(): each for each in known}
    found = get_close_matches(name.lower(), lowered, n=1, cutoff=0.6)
    return f"; did you mean `{lowered[found[0]]}`?" if found else ""
