#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks programs that must not compile.

A file holds a wrong program and its twin: with -DCLEAVE_REJECT it must be refused, without it must compile silently.
Comment lines say what the refusal must contain (white space does not count), for every compiler or for one family:

    // expect: TEXT          // expect-gcc: TEXT          // expect-clang: TEXT

and the one line at fault ends with `// wrong`. A refusal passes when it is exactly one error, contains every expected
text, and names the wrong line among its first eight lines, so that the user sees it without scrolling.
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys

FIRST_LINES = 8
ERROR = re.compile(r"^[^\s|][^|]*?\berror:")  # a diagnostic's own line, not the source line quoted below it
EXPECT = re.compile(r"^\s*//\s*expect(?:-(gcc|clang))?:\s*(.*?)\s*$")
WRONG = re.compile(r"//\s*wrong\s*$")


def family_of(compiler):
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True).stdout
    return "clang" if "clang" in version else "gcc"


def squeezed(text):
    return "".join(text.split())


class Case:
    """One file, read: what it expects, and where its wrong line is."""

    def __init__(self, path, family):
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
        self.path = path
        self.expected = []
        for line in lines:
            match = EXPECT.match(line)
            if match and match[1] in (None, family):
                self.expected.append(match[2])
        self.wrong_lines = [number for number, line in enumerate(lines, 1) if WRONG.search(line)]

    def problem_of_file(self):
        if not any(self.expected):
            return "the file has no `// expect: TEXT` line for this compiler"
        if not all(self.expected):
            return "the file has an `// expect:` line without a text"
        if len(self.wrong_lines) != 1:
            return f"the file has {len(self.wrong_lines)} lines that end with `// wrong`, not 1"
        return None

    def problem_of_refusal(self, output):
        lines = output.splitlines()
        errors = sum(bool(ERROR.match(line)) for line in lines)
        if errors != 1:
            return f"the refusal has {errors} errors, not 1"
        bare = squeezed(output)
        for text in self.expected:
            if squeezed(text) not in bare:
                return f"the refusal does not say: {text}"
        place = re.compile(rf"(?<![\w.-]){re.escape(os.path.basename(self.path))}:{self.wrong_lines[0]}(?!\d)")
        if not any(place.search(line) for line in lines[:FIRST_LINES]):
            return f"the wrong line {self.wrong_lines[0]} is not named in the first {FIRST_LINES} lines"
        return None


def compile_one(compiler, include, path, *flags):
    command = [compiler, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-fdiagnostics-color=never", *flags]
    for folder in include:
        command += ["-I", folder]
    environment = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run([*command, path], env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def check(path, compiler, family, include):
    """Returns None, or (what is wrong, the compiler's output)."""
    case = Case(path, family)
    problem = case.problem_of_file()
    if problem:
        return problem, ""
    status, output = compile_one(compiler, include, path)
    if status != 0:
        return "the twin does not compile", output
    if output.strip():
        return "the twin compiles with warnings", output
    status, output = compile_one(compiler, include, path, "-DCLEAVE_REJECT")
    if status == 0:
        return "the wrong program compiles", output
    problem = case.problem_of_refusal(output)
    return (problem, output) if problem else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", action="append", required=True, help="may be given more than once")
    parser.add_argument("--include", action="append", default=[], help="may be given more than once")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("files", nargs="*")
    arguments = parser.parse_args()
    if not arguments.files:
        print("reject: no files were given")
        return 1
    any_failed = False
    for compiler in arguments.compiler:
        family = family_of(compiler)
        failed = 0
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            results = pool.map(lambda path: check(path, compiler, family, arguments.include), arguments.files)
            for path, result in zip(arguments.files, results):
                if result:
                    failed += 1
                    print(f"FAILED {path}: {result[0]}")
                    print(result[1], end="")
        any_failed = any_failed or failed > 0
        print(f"reject {os.path.basename(compiler)}: {len(arguments.files) - failed} passed, {failed} failed")
    return 1 if any_failed else 0


if __name__ == "__main__":
    sys.exit(main())
