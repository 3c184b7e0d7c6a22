#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Object files of one instruction set may define nothing outside that set's namespace.

A linker keeps one copy of an inline function. If it kept the copy that was compiled for AVX-512, programs would die on
processors without it, in functions that have nothing to do with kernels.
"""

import argparse
import re
import subprocess
import sys

HARMLESS = re.compile(r"^(DW\.ref\.|__odr_asan|_GLOBAL__|(vtable|typeinfo|VTT)\b.*isa_)")


def defined(path):
    """Returns the demangled names that a unit shows to the linker."""
    done = subprocess.run(["nm", "-C", "--defined-only", "--extern-only", path], capture_output=True, text=True, check=True)
    return [match[1] for match in re.finditer(r"^[0-9a-f]* ?\w (.*)$", done.stdout, re.M)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--namespace", required=True)
    parser.add_argument("objects", nargs="+")
    arguments = parser.parse_args()
    problems = []
    kernels = 0
    for path in arguments.objects:
        for name in defined(path):
            if arguments.namespace in name:
                kernels += 1
            elif not HARMLESS.match(name):
                problems.append(f"{path}: {name}")
    for problem in problems:
        print(f"FAILED {problem} is defined outside {arguments.namespace}")
    if not kernels:
        problems.append("none")
        print(f"FAILED no symbol is in {arguments.namespace}: this check looks for the wrong names")
    print(f"isa: {kernels} symbols in {arguments.namespace}, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
