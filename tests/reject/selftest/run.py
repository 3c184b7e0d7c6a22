#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows that check.py passes a good file and catches each kind of bad one, with every compiler given."""

import argparse
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CHECK = os.path.join(HERE, os.pardir, "check.py")

# file -> what check.py must say about it; None: it passes
CASES = {
    "good.cpp": None,
    "two_errors.cpp": "the refusal has 2 errors, not 1",
    "twin_fails.cpp": "the twin does not compile",
    "twin_warns.cpp": "the twin compiles with warnings",
    "text_absent.cpp": "the refusal does not say: relu: the axis C",
    "wrong_compiles.cpp": "the wrong program compiles",
    "other_line.cpp": "the wrong line 7 is not named in the first 8 lines",
    "no_expectation.cpp": "the file has no `// expect: TEXT` line",
    "no_marker.cpp": "the file has 0 lines that end with `// wrong`",
}


def run_check(compiler, *files):
    command = [sys.executable, CHECK, "--compiler", compiler, *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def problem_of(compiler, name, sentence):
    status, output = run_check(compiler, os.path.join(HERE, name))
    verdict = "1 passed, 0 failed" if sentence is None else "0 passed, 1 failed"
    closing = f"reject {os.path.basename(compiler)}: {verdict}"
    if status != (0 if sentence is None else 1):
        return f"exit status {status}\n{output}"
    if output.splitlines()[-1] != closing:
        return f"does not close with `{closing}`\n{output}"
    if sentence is not None and f"{name}: {sentence}" not in output:
        return f"does not say `{sentence}`\n{output}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compiler", action="append", required=True)
    passed = failed = 0
    for compiler in parser.parse_args().compiler:
        problems = {name: problem_of(compiler, name, sentence) for name, sentence in CASES.items()}
        status, output = run_check(compiler)
        problems["(no files)"] = None if status == 1 else f"exit status {status}\n{output}"
        for name, problem in problems.items():
            if problem is None:
                passed += 1
            else:
                failed += 1
                print(f"FAILED {name} with {compiler}: {problem}")
    unlisted = {name for name in os.listdir(HERE) if name.endswith(".cpp")} - set(CASES)
    for name in sorted(unlisted):
        failed += 1
        print(f"FAILED {name} is in the folder and not in the list of cases")
    print(f"reject_selftest: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
