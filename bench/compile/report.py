# SPDX-License-Identifier: Apache-2.0
"""Measured values beside their budgets: as text, and as the table in docs/reference/budgets.md."""
import datetime

import budget as budgets
import units

DOC = units.ROOT / "docs/reference/budgets.md"
BEGIN = "<!-- measured: begin (bench/compile/measure --write-doc) -->"
END = "<!-- measured: end -->"


def unit_of(budget, kind, name):
    row = budget[kind].get(name)
    if row:
        return row["unit"]
    return "MB" if name.endswith("memory") else "s" if " / " not in name else "x"


def rows(budget, measured):
    """Name, measured, budget: as text."""
    for kind in ("timed", "counted"):
        for name, value in measured[kind].items():
            unit = unit_of(budget, kind, name)
            allowed = budgets.limit(budget, kind, name)
            yield name, budgets.show(value, unit), "" if allowed is None else budgets.show(allowed, unit)


def plain(budget, measured):
    lines = [f"{'':60} {'measured':>18} {'at most':>18}"]
    lines += [f"{name:60} {value:>18} {allowed:>18}" for name, value, allowed in rows(budget, measured)]
    return "\n".join(lines)


def write_doc(budget, measured):
    compilers = ", ".join(f"{name} {version}" for name, version in measured["compilers"].items() if version)
    lines = [BEGIN, f"Measured on {datetime.date.today().isoformat()} with {compilers}.", "",
             "| what | measured | at most |", "|---|---:|---:|"]
    lines += [f"| {name.replace('<', '&lt;')} | {value} | {allowed} |" for name, value, allowed in rows(budget, measured)]
    lines += [f"| {name} | | later: {why} |" for name, why in budget["later"].items()]
    text = DOC.read_text()
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    DOC.write_text(before + "\n".join([*lines, END]) + after)
