#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles each header alone with one compiler; warnings are errors."""

import argparse
import concurrent.futures
import os
import subprocess
import sys

FLAGS = ["-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror",
         "-fdiagnostics-color=never"]


def compile_alone(header, arguments):
    """Returns the compiler's complaint about a unit that includes only this header, or None."""
    command = [arguments.compiler, *FLAGS, "-I", arguments.include]
    for folder in arguments.system:
        command += ["-isystem", folder]
    name = os.path.relpath(header, arguments.include)
    unit = f"#include <{name}>\n"
    done = subprocess.run([*command, "-x", "c++", "-"], input=unit, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr) or f"exit status {done.returncode}\n" if done.returncode else None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--include", required=True, help="folder that holds cleave/")
    parser.add_argument("--system", action="append", default=[], help="a further include folder of somebody else's")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("headers", nargs="*")
    arguments = parser.parse_args()
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        complaints = pool.map(lambda header: compile_alone(header, arguments), arguments.headers)
        for header, complaint in zip(arguments.headers, complaints):
            if complaint is not None:
                failed += 1
                print(f"FAILED {header} does not compile alone:\n{complaint}")
    print(f"headers_clang: {len(arguments.headers) - failed} passed, {failed} failed")
    return 1 if failed or not arguments.headers else 0


if __name__ == "__main__":
    sys.exit(main())
