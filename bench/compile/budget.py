# SPDX-License-Identifier: Apache-2.0
"""budget.json, and what is said where a measured value exceeds it.

A timed row has a limit, which people decide. A counted row has the count that was last accepted and how far (as a
fraction of it) a value may be above; the same compilers give the same count everywhere, so that ctest checks it."""
import json
import pathlib

FILE = pathlib.Path(__file__).resolve().parent / "budget.json"


def load(path=FILE):
    return json.loads(pathlib.Path(path).read_text())


def save(budget, path=FILE):
    pathlib.Path(path).write_text(json.dumps(budget, indent=2) + "\n")


def limit(budget, kind, name):
    """None where there is no budget for it."""
    row = budget[kind].get(name)
    if row is None:
        return None
    return row["limit"] if kind == "timed" else round(row["accepted"] * (1 + row["tolerance"]))


def show(value, unit):
    number = f"{value:,.0f}" if unit in ("", "bytes", "MB", "lines", "characters") else f"{value:.3g}"
    return f"{number} {unit}".strip()


def exceeded(budget, kind, measured):
    """One sentence a broken budget."""
    said = []
    for name, value in measured.items():
        allowed = limit(budget, kind, name)
        if allowed is None:
            if kind == "counted":
                said.append(f"{name}: measured {value:,}, and budget.json has no row of this name")
            continue
        unit = budget[kind][name]["unit"]
        if value > allowed:
            said.append(f"{name}: measured {show(value, unit)}, the budget is {show(allowed, unit)}")
    if kind == "counted":
        said += [f"{name}: has a budget and was not measured" for name in budget[kind] if name not in measured]
    return said


def loose(budget, measured):
    """Counts that are now so far below the accepted one that the budget no longer guards them."""
    return [f"{name}: measured {value:,}, {row['accepted']:,} was accepted" for name, value in measured.items()
            if (row := budget["counted"].get(name)) and value < row["accepted"] * (1 - row["tolerance"])]


def accept(budget, measured, tolerances):
    """Takes the measured counts as the accepted ones; rows that are no longer measured go."""
    budget["counted"] = {name: {"unit": unit, "accepted": measured[name], "tolerance": tolerance}
                         for name, (unit, tolerance) in tolerances.items()}
