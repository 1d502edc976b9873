"""Writes random prediction files, with what scikit-learn and Fairlearn say of them, into a folder.

    python make_random.py --out FOLDER --seed 1 --count 150

`cases.json` holds for each case the inputs of the gate and its checks: threshold, value, value of the baseline.
"""

import argparse
import json
from pathlib import Path

import expected as oracle
import numpy as np
import tables
from expected import word

WORDS = ["cat", "dog", "a, b", "x=y", 'say "hi"', "back\\slash", "(round)", "# hash", "macro", "weighted", "naïve",
         "日本", "🙂", "O'Neil", "/re/", "two words", "Z", "z", "ä", "1st", "no", "yes", "<b>", "a|b", "100 %",
         "c++", "`tick`", "-", "null", "NaN", "None", "*", "::error::", "$x", "@me"]  # fmt: skip
VALUES = ["EU", "US", "north, south", "k=v", 'q"t', "b\\s", "(p)", "#1", "Åland", "it's", "/x", "a b", "🙂", "baseline"]


class Maker:
    def __init__(self, folder: Path, seed: int):
        self.folder, self.seed = folder, seed
        self.cases = []

    def add(self, index: int) -> None:
        rng = np.random.default_rng([self.seed, index])
        kind = rng.choice(["binary", "multiclass", "regression"], p=[0.45, 0.35, 0.2])
        form = str(rng.choice(tables.FORMATS))
        with_baseline = bool(rng.random() < 0.5)
        maker = regression_case if kind == "regression" else class_case
        name = f"{index:03d}-{kind}"
        made = maker(rng, kind, form)
        inputs, checks = made["inputs"], made["checks"]
        files = {"predictions-path": made["candidate"]}
        if with_baseline:
            files["baseline-path"] = made["baseline"]
        for role, columns in files.items():
            path = self.folder / f"{name}-{role.removesuffix('-path')}.{form}"
            tables.write(path, form, columns, rng)
            inputs[role] = str(path)
        sides = ("value", "baseline") if with_baseline else ("value",)
        self.cases.append({
            "name": f"{name}, {made['about']}, {form}",
            "with": inputs,
            "checks": [{"name": each, **dict(zip(sides, values))} for each, values in checks.items()],
            "metrics": made["metrics"],
        })


def rows_of(rng) -> int:
    kind = rng.random()
    if kind < 0.2:
        return int(rng.integers(2, 12))
    return int(np.exp(rng.uniform(np.log(12), np.log(600 if kind < 0.9 else 20_000))))


def class_names(rng, kind: str, form: str) -> tuple[list[str], list]:
    """Names in scikit-learn's order as the gate spells them, and the values in the file."""
    k = 2 if kind == "binary" else int(rng.integers(3, 9) if rng.random() < 0.8 else rng.integers(9, 31))
    style = rng.choice(["string", "int", "float", "bool"] if kind == "binary" else ["string", "int", "float"])
    if style == "bool":
        return ["false", "true"], [False, True]
    if style == "string":
        names = sorted(str(each) for each in rng.choice(WORDS, size=k, replace=False))
        return names, names
    if rng.random() < 0.5:
        numbers = list(range(k))
    else:
        numbers = sorted(int(each) for each in rng.choice(np.arange(-5, 200), size=k, replace=False))
    return [str(each) for each in numbers], [float(each) if style == "float" else each for each in numbers]


def positive_of(names: list[str]) -> int:
    return next((i for i, name in enumerate(names) if name in ("1", "true", "yes")), 1)


def simplex(rng, actual, k: int, shift: float, style: str):
    """Scores of rows x classes: `exact` in 64ths (ties, zeros and ones), else softmax; `margins` are none."""
    raw = rng.normal(size=(len(actual), k)) + shift * (actual[:, None] == np.arange(k)[None, :])
    if style == "margins":
        return np.round(raw, 2)
    e = np.exp(raw * (1 if style == "exact" else rng.choice([0.3, 1, 5])))
    p = e / e.sum(axis=1, keepdims=True)
    if style == "exact":
        parts = np.floor(64 * p)
        parts[np.arange(len(actual)), parts.argmax(axis=1)] += 64 - parts.sum(axis=1)
        p = parts / 64
        certain = rng.random(len(actual)) < 0.1
        p[certain] = np.eye(k)[rng.integers(0, k, certain.sum())]
    return p.astype(np.float32) if style == "float32" else p


def class_case(rng, kind: str, form: str) -> dict:
    names, values = class_names(rng, kind, form)
    k, n = len(names), rows_of(rng)
    weights = rng.dirichlet(np.full(k, rng.choice([0.3, 1, 20])))
    actual = rng.choice(k, size=n, p=weights)
    actual[:2] = rng.choice(k, size=2, replace=False)
    binary = k == 2
    positive, inputs = positive_of(names) if binary else None, {}
    if binary and rng.random() < 0.5:
        positive = int(rng.integers(0, 2))
        inputs["positive-class"] = names[positive]
    style = str(rng.choice(["none", "exact", "float64", "float32", "margins"], p=[0.2, 0.3, 0.2, 0.2, 0.1]))
    layout = "all" if not binary else str(rng.choice(["all", "positive", "negative"]))
    own_labels = style == "none" or rng.random() < 0.7
    order = [int(each) for each in rng.permutation(k)]
    groups = group_columns(rng, n, form)
    never = set(rng.choice(k, size=int(rng.integers(0, 2)), replace=False).tolist()) if k > 2 else set()

    def side(shift: float) -> tuple[dict, np.ndarray, np.ndarray | None]:
        scores = None if style == "none" else simplex(rng, actual, k, shift, style)
        if scores is None or rng.random() < 0.4:
            predicted = np.where(rng.random(n) < 0.3, rng.integers(0, k, n), actual)
        else:
            predicted = scores.argmax(axis=1)
        kept = [each for each in range(k) if each not in never]
        predicted = np.where(np.isin(predicted, list(never)), kept[0], predicted)
        columns = {"label": column(values, actual, form)}
        if own_labels:
            columns["prediction"] = column(values, predicted, form)
        read = None
        if scores is not None:
            shown = order if layout == "all" else [positive if layout == "positive" else 1 - positive]
            columns |= {f"p{c}": scores[:, c] for c in shown}
            read = np.stack([tables.as_read(scores[:, c], form) for c in range(k)], axis=1)
            if not own_labels:
                predicted = decided(read, shown, style)
            if binary:
                complement = -read[:, 1 - positive] if style == "margins" else 1 - read[:, 1 - positive]
                read = complement if layout == "negative" else read[:, positive]
        return columns | groups, predicted, read

    candidate, predicted, scores = side(rng.choice([0, 1, 3]))
    baseline, other, other_scores = side(rng.choice([0, 1, 3]))
    if style != "none":
        shown = order if layout == "all" else [positive if layout == "positive" else 1 - positive]
        inputs["score-columns"] = "\n".join(f"{key(names[c])}=p{c}" for c in shown)
    # A class that neither labels nor predictions nor score columns name is not a class of the run.
    named = set(actual) | set(predicted) | set(other)
    used = list(range(k)) if style != "none" else sorted(int(each) for each in named)
    # Without score columns, what baseline files say counts only where there is a baseline: all names occur in both.
    if style == "none" and set(actual) | set(predicted) != named:
        other, baseline = predicted, candidate
        used = sorted({int(each) for each in set(actual) | set(predicted)})
    at = {c: i for i, c in enumerate(used)}
    if len(used) > 2 or not binary:
        inputs["task"] = "multiclass" if len(used) == 2 or rng.random() < 0.3 else "auto"
    elif all(not isinstance(each, (str, bool)) for each in values):
        inputs["task"] = "binary"
    renamed = [names[c] for c in used]
    relabel = np.vectorize(at.get)
    sides = [(relabel(predicted), scores), (relabel(other), other_scores)]
    probabilities = style not in ("none", "margins")
    truth = relabel(actual)

    def expected(rows) -> list[dict]:
        return [
            oracle.classification(truth[rows], p[rows], None if s is None else s[rows], renamed, positive, probabilities)
            for p, s in sides
        ]

    everything = expected(slice(None))
    metrics = asked(everything[0], binary, style)
    checks = {"accuracy": [each["accuracy", None] for each in everything]}
    for which in sample(rng, metrics, 45):
        checks[spell(which, renamed)] = [each.get(which) for each in everything]
    inputs["slices"] = "\n".join([*groups, ", ".join(groups)] if len(groups) > 1 else groups)
    for terms, rows in slices_of(rng, groups):
        inside = expected(rows)
        for which in sample(rng, metrics, 6):
            checks[spell(which, renamed, terms)] = [each.get(which) for each in inside]
    if binary:
        fairness_checks(rng, checks, groups, truth == positive, [p == positive for p, _ in sides])
    reported = {spell(which, renamed): everything[0].get(which) for which in metrics if in_report(which, binary)}
    return {
        "inputs": inputs, "checks": checks, "candidate": candidate, "baseline": baseline, "metrics": reported,
        "about": f"{n} rows, {len(used)} classes, scores {style}",
    }  # fmt: skip


def key(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def column(values: list, codes, form: str):
    chosen = [values[c] for c in codes]
    return np.asarray(chosen) if form == "npz" else chosen


def decided(read, shown: list[int], style: str):
    """The top score, the first class of equals; one score: over a half, margins over 0."""
    if len(shown) > 1:
        return read.argmax(axis=1)
    only = shown[0]
    above = read[:, only] > (0 if style == "margins" else 0.5)
    return np.where(above, only, 1 - only)


def asked(found: dict, binary: bool, style: str) -> list[tuple]:
    """Every metric and variant; those that need scores also where there are none: they must be undefined."""
    more = [("log_loss", None), ("brier", None), ("ece", None)]
    more += [(name, None if binary else "macro") for name in ("roc_auc", "average_precision")]
    return list(dict.fromkeys([*found, *more]))


def in_report(which: tuple, binary: bool) -> bool:
    metric, variant = which
    return metric not in ("roc_auc", "average_precision") or variant == (None if binary else "macro")


def spell(which: tuple, names: list[str], terms: dict | None = None) -> str:
    metric, variant = which
    parts = [] if variant is None else [variant if isinstance(variant, str) else word(names[variant])]
    parts += [f"{word(c)}={word(v)}" for c, v in (terms or {}).items()]
    return f"{metric}({', '.join(parts)})" if parts else metric


def sample(rng, items: list, most: int) -> list:
    return items if len(items) <= most else [items[i] for i in sorted(rng.choice(len(items), most, replace=False))]


def group_columns(rng, n: int, form: str) -> dict:
    columns = {}
    for name in ["region", "the sex"][: int(rng.integers(0, 3))]:
        values = [str(each) for each in rng.choice(VALUES, size=int(rng.integers(2, 5)), replace=False)]
        chosen = [values[i] for i in rng.integers(0, len(values), n)]
        if form != "npz" and rng.random() < 0.3:
            chosen = [None if rng.random() < 0.1 else each for each in chosen]
        columns[name] = chosen
    return columns


def shown_groups(column) -> np.ndarray:
    return np.array(["(missing)" if each is None else each for each in column], dtype=object)


def slices_of(rng, groups: dict) -> list[tuple[dict, np.ndarray]]:
    """Two values of each column, and two crosses where they have rows."""
    found = []
    for names in [[each] for each in groups] + ([list(groups)] if len(groups) > 1 else []):
        for _ in range(2):
            row = int(rng.integers(0, len(next(iter(groups.values())))))
            terms = {name: str(shown_groups(groups[name])[row]) for name in names}
            inside = np.all([shown_groups(groups[name]) == value for name, value in terms.items()], axis=0)
            if terms not in [each for each, _ in found]:
                found.append((terms, inside))
    return found


def fairness_checks(rng, checks: dict, groups: dict, truth, said: list) -> None:
    for name in groups:
        everyone = np.ones(len(truth), bool)
        others = [(terms, rows) for terms, rows in slices_of(rng, groups) if name not in terms]
        for terms, rows in [({}, everyone), *others[:1]]:
            shown = shown_groups(groups[name])[rows]
            sides = [oracle.fairness(truth[rows].astype(int), each[rows].astype(int), shown) for each in said]
            for metric in sides[0]:
                parts = [word(name), *(f"{word(c)}={word(v)}" for c, v in terms.items())]
                checks[f"{metric}({', '.join(parts)})"] = [each[metric] for each in sides]


def regression_case(rng, kind: str, form: str) -> dict:
    n = rows_of(rng)
    scale, offset = 10.0 ** rng.integers(-3, 7), rng.choice([0, 0, 1, 1000])
    whole = rng.random() < 0.3
    dtype = rng.choice([np.float32, np.float64])
    groups = group_columns(rng, n, form)

    def numbers(values):
        rounded = np.round(values * 10) if whole else values
        return rounded.astype(np.int64) if whole and rng.random() < 0.5 else rounded.astype(dtype)

    actual = scale * (rng.normal(size=n) + offset)
    if rng.random() < 0.15:
        # A mean of fractions may differ from all of them in its last digit; scikit-learn then no longer sees a constant.
        actual = np.full(n, np.round(actual[0]))
    files, read = [], []
    label = numbers(actual)
    for _ in range(2):
        noise = rng.standard_t(3, size=n) if rng.random() < 0.5 else rng.normal(size=n)
        predicted = numbers(actual + scale * rng.choice([0, 0.1, 2]) * noise)
        files.append({"label": label, "prediction": predicted} | groups)
        read.append((tables.as_read(label, form), tables.as_read(predicted, form)))
    everything = [oracle.regression(*each) for each in read]
    checks = {metric: [each[metric, None] for each in everything] for metric, _ in everything[0]}
    for terms, rows in slices_of(rng, groups):
        inside = [oracle.regression(a[rows], p[rows]) for a, p in read]
        for which in inside[0]:
            checks[spell(which, [], terms)] = [each[which] for each in inside]
    inputs = {"task": "regression", "slices": "\n".join([*groups, ", ".join(groups)] if len(groups) > 1 else groups)}
    return {
        "inputs": inputs, "checks": checks, "candidate": files[0], "baseline": files[1],
        "metrics": {metric: everything[0][metric, None] for metric, _ in everything[0]},
        "about": f"{n} rows",
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--count", type=int, default=150)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    maker = Maker(options.out, options.seed)
    for index in range(options.count):
        maker.add(index)
    (options.out / "cases.json").write_text(json.dumps(maker.cases, ensure_ascii=False), encoding="utf-8")
    print(f"{len(maker.cases)} cases")


if __name__ == "__main__":
    main()
