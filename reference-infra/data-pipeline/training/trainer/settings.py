"""The flags of the command, checked as far as they can be without looking at data."""

import argparse
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from trainer.errors import TrainingError, nearest


@dataclass(frozen=True)
class Settings:
    data: tuple[Path, ...]
    out: Path
    features: tuple[str, ...]
    label: str
    key: str
    seed: int
    c: float
    max_iter: int
    holdout: float
    min_rows: int
    manifest: Path | None
    #: Name in the registry; None: nothing is registered.
    register: str | None
    alias: str
    experiment: str
    #: None: nothing is logged.
    tracking_uri: str | None


class Parser(argparse.ArgumentParser):
    """Raises instead of ending the process, and names the nearest flag."""

    def error(self, message: str) -> NoReturn:
        unknown = re.match(r"unrecognized arguments: (--[^\s=]+)", message)
        hint = nearest(unknown[1], (flag for flag in self._option_string_actions)) if unknown else ""
        raise TrainingError(f"{message}{hint}")


def read_settings(arguments: Sequence[str], env: Mapping[str, str]) -> Settings:
    """Raises TrainingError. `--help` prints and ends the process."""
    parser = Parser(
        prog="train.py", description="Trains a classifier, writes it as ONNX, logs it to MLflow.", allow_abbrev=False
    )
    add = parser.add_argument
    add("--data", required=True, nargs="+", type=Path, help="CSV or Parquet files, or folders with them")
    add("--out", required=True, type=Path, help="folder for model, held-out rows and report; written as a whole")
    add("--features", required=True, help="columns, in the order of the model, separated by commas")
    add("--label", default="label", help="column to predict (default: label)")
    add("--key", default="id", help="column that tells rows apart and decides which are held out (default: id)")
    add("--seed", type=int, default=0, help="of the solver (default: 0)")
    add("--c", type=float, default=1.0, help="inverse strength of the regularisation (default: 1.0)")
    add("--max-iter", type=int, default=2000, help="passes over the data at most (default: 2000)")
    add("--holdout", type=float, default=0.25, help="share of the keys that is held out (default: 0.25)")
    add("--min-rows", type=int, default=200, help="fewer are refused (default: 200)")
    add("--manifest", type=Path, help="the pipeline's manifest of the run that wrote the data")
    add("--register", help="name in the registry of MLflow; the version gets the alias of --alias")
    add("--alias", default="candidate", help="alias of the new version; never champion (default: candidate)")
    add("--experiment", default="training", help="of MLflow (default: training)")
    add("--mlflow-tracking-uri", help="default: MLFLOW_TRACKING_URI; without either, nothing is logged")
    given = parser.parse_args(arguments)
    uri = given.mlflow_tracking_uri or env.get("MLFLOW_TRACKING_URI") or None
    features = tuple(name.strip() for name in given.features.split(","))
    settings = Settings(
        data=tuple(given.data),
        out=given.out,
        features=features,
        label=given.label,
        key=given.key,
        seed=given.seed,
        c=given.c,
        max_iter=given.max_iter,
        holdout=given.holdout,
        min_rows=given.min_rows,
        manifest=given.manifest,
        register=given.register,
        alias=given.alias,
        experiment=given.experiment,
        tracking_uri=uri,
    )
    check(settings)
    return settings


def check(settings: Settings) -> None:
    """All that is wrong, at once."""
    problems = list(column_problems(settings))
    if not 0 <= settings.seed < 2**32:
        problems.append(f"--seed is {settings.seed}; allowed: a whole number from 0 to {2**32 - 1}")
    if not 0 < settings.c < float("inf"):
        problems.append(f"--c is {settings.c}; allowed: a number above 0")
    if settings.max_iter < 1:
        problems.append(f"--max-iter is {settings.max_iter}; allowed: a whole number from 1")
    if not 0.05 <= settings.holdout <= 0.5:
        problems.append(f"--holdout is {settings.holdout}; allowed: a share from 0.05 to 0.5")
    if settings.min_rows < 2:
        problems.append(f"--min-rows is {settings.min_rows}; allowed: a whole number from 2")
    if settings.register is not None:
        if settings.tracking_uri is None:
            problems.append("--register needs a registry: give --mlflow-tracking-uri, or set MLFLOW_TRACKING_URI")
        if not settings.register.strip() or re.search("[/:]", settings.register):
            problems.append(f'--register is "{settings.register}"; allowed: a name without `/` and `:`')
    if settings.alias.lower() == "champion":
        problems.append("--alias is champion, which is what is served; allowed: any other, since a gate comes first")
    elif not re.fullmatch(r"(?!latest$)(?!v\d+$)[A-Za-z][\w-]*", settings.alias):
        problems.append(
            f'--alias is "{settings.alias}"; allowed: letters, digits, `_` and `-`, and neither `latest` nor `v1`'
        )
    if problems:
        raise TrainingError("\n".join(problems))


def column_problems(settings: Settings) -> list[str]:
    features = settings.features
    problems: list[str] = []
    if "" in features:
        problems.append("--features has an empty name; allowed: column names, separated by commas")
    twice = sorted({name for name in features if name and features.count(name) > 1})
    if twice:
        problems.append(f"--features names `{'`, `'.join(twice)}` more than once")
    for flag, name in (("--label", settings.label), ("--key", settings.key)):
        if name in features:
            problems.append(f"`{name}` is the {flag} and cannot be one of the --features")
    if settings.label == settings.key:
        problems.append(f"`{settings.label}` is --label and --key; allowed: two columns")
    return problems
