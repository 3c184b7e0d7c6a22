# SPDX-License-Identifier: Apache-2.0
"""Measured values beside their budgets: as text, and as the table in docs/reference/budgets.md."""
import sys

import budget as budgets
import units

sys.path.insert(0, str(units.ROOT / "bench"))
import document  # noqa: E402 (found by the line above)

HEADER = ("what", "measured", "at most")


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
    return "\n".join(f"{name:60} {value:>18} {allowed:>18}" for name, value, allowed in
                     [("", *HEADER[1:]), *rows(budget, measured)])


def write_doc(budget, measured):
    compilers = ", ".join(f"{name} {version}" for name, version in measured["compilers"].items() if version)
    later = [(name, "", f"later: {why}") for name, why in budget["later"].items()]
    document.renew("budgets.md", "measured", [
        f"{document.today()}, {compilers}; {measured['machine']}.", "",
        *document.markdown(HEADER, [*rows(budget, measured), *later])])
