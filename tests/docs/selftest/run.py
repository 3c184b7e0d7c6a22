#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows that check.py passes a good page and a page without blocks, and catches each kind of bad one."""

import argparse
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CHECK = os.path.join(HERE, os.pardir, "check.py")

# page -> what check.py must say of it; None: it passes
CASES = {
    "good.md": None,
    "no_blocks.md": None,
    "unit_fails.md": "unit_fails.md:4: {compiler} does not accept it",
    "unit_warns.md": "unit_warns.md:4: {compiler} does not accept it",
    "accepted_fails.md": "accepted_fails.md:5: {compiler} does not accept it",
    "in_a_list.md": "in_a_list.md:6: {compiler} does not accept it",
    "other_output.md": "other_output.md:5: prints what the page does not say",
    "silent_output.md": "silent_output.md:9: prints what the page does not say",
    "step_output.md": "step_output.md:16: prints what the page does not say",
    "program_fails.md": "program_fails.md:5: the program ended with status 3",
    "never_reached.md": "never_reached.md:9: was not reached",
    "refused_compiles.md": "the block that must be refused compiles",
    "refused_twice.md": "the refusal has 2 errors, not 1",
    "refused_otherwise.md": "the refusal says none of the sentences that the page quotes: cannot convert",
    "refused_elsewhere.md": "the refusal names no line of the block",
    "refused_unquoted.md": "the page quotes no sentence for the refusal",
    "message_order.md": "the refusal does not say, or not at this place: ",
    "quotes_other.md": "source.txt has no such line, or not at this place: int third();",
    "output_of_other.md": "output_of_other.md:5: g++ does not accept it",
    "unknown_marker.md": "unknown_marker.md:4: there is no marker `progam` for a block of C++",
    "two_markers.md": "two_markers.md:4: there is no marker `file program` for a block of C++",
    "marker_above_nothing.md": "marker_above_nothing.md:3: the marker `program` stands above no block",
    "alias.md": "alias.md:3: a block of `c++` escapes the check",
    "capitals.md": "capitals.md:3: a block of `Cpp` escapes the check",
    "no_language.md": "no_language.md:3: a block names its language",
    "tildes.md": "tildes.md:3: a block between ~~~ escapes the check",
    "indented.md": "indented.md:5: indented code escapes the check",
    "html.md": "html.md:3: code in HTML escapes the check",
    "in_comment.md": "in_comment.md:4: a block inside a comment escapes the check",
    "dead_link.md": "dead_link.md:4: the link to nowhere.md leads nowhere",
    "dead_anchor.md": "dead_anchor.md:3: good.md has no heading for #no-such-heading",
    "no_end.md": "no_end.md:3: a block without an end",
}
NEEDS_GCC = {"other_output.md", "silent_output.md", "step_output.md", "program_fails.md", "never_reached.md",
             "output_of_other.md"}  # what runs


def run_check(options, *pages):
    command = [sys.executable, CHECK, "--root", HERE, "--link=-pthread", *options, *pages]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def problem_of(options, compiler, name, sentence):
    status, output = run_check(options, os.path.join(HERE, name))
    if status != (0 if sentence is None else 1):
        return f"exit status {status}\n{output}"
    if sentence is not None and sentence.format(compiler=compiler) not in output:
        return f"does not say `{sentence.format(compiler=compiler)}`\n{output}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gcc")
    parser.add_argument("--clang")
    arguments = parser.parse_args()
    passed = failed = 0
    for option, compiler, path in [("--gcc", "g++", arguments.gcc), ("--clang", "clang++", arguments.clang)]:
        if not path:
            continue
        cases = {name: sentence for name, sentence in CASES.items() if option == "--gcc" or name not in NEEDS_GCC}
        problems = {name: problem_of([option, path], compiler, name, sentence) for name, sentence in cases.items()}
        status, output = run_check([option, path])
        problems["(no pages)"] = None if status == 1 else f"exit status {status}\n{output}"
        for name, problem in problems.items():
            if problem is None:
                passed += 1
            else:
                failed += 1
                print(f"FAILED {name} with {compiler}: {problem}")
    for name in sorted({name for name in os.listdir(HERE) if name.endswith(".md")} - set(CASES)):
        failed += 1
        print(f"FAILED {name} is in the folder and not in the list of cases")
    print(f"docs_selftest: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
