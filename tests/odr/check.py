#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Links two units that include everything and are compiled with different flags; the program must be right.

No strong symbol may be defined twice, header-only units may define none of Cleave's, and what depends on the
instruction set must have different names where the sets differ.
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
HEADER_ONLY = ["-DCLEAVE_HEADER_ONLY"]
OWN = ("main", "find_in_second")  # strong symbols that the units are there for

# Not -O1: there clang vectorises nothing, and says so of inlined loops where no pragma of ours reaches.
# name: (flags of the first unit, flags of the second, whether the second throws, whether it checks indices)
CASES = {
    "plain and optimised for this machine": (["-O0", *HEADER_ONLY], ["-O2", "-march=native", *HEADER_ONLY], 1, 1),
    "debug and NDEBUG": (["-O0", *HEADER_ONLY], ["-O0", "-DNDEBUG", *HEADER_ONLY], 1, 0),
    "exceptions and none": (["-O0", *HEADER_ONLY], ["-O0", "-fno-exceptions", *HEADER_ONLY], 0, 0),
    "header-only and linked": (["-O0", *HEADER_ONLY], ["-O2"], 1, 1),
    "linked and header-only": (["-O0"], ["-O2", *HEADER_ONLY], 1, 1),
}


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}\nexit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def symbols(path):
    """Returns {demangled name: kind} of what an object file defines; small letters are local, but for u, v and w."""
    found = {}
    for line in run("nm", "-C", "--defined-only", path).splitlines():
        match = re.match(r"[0-9a-f]* ?(\w) (.*)", line)
        if match:
            found[match[2]] = match[1]
    return found


def macros(compiler, flags):
    """What tells the instruction set."""
    text = run(compiler, *[flag for flag in flags if flag.startswith("-m")], "-dM", "-E", "-x", "c++", "/dev/null")
    return {line for line in text.splitlines() if re.match(r"#define __(AVX\w*|FMA|SSE\w*)__ ", line)}


def problems(objects, flags, compiler):
    first, second = (symbols(path) for path in objects)
    strong = [{name for name, kind in unit.items() if kind in "TDBRA"} for unit in (first, second)]
    for name in sorted(strong[0] & strong[1]):
        yield f"both units define the strong symbol {name}"
    for unit, defined, names, options in zip(("first", "second"), (first, second), strong, flags):
        if options[-1] not in HEADER_ONLY:
            continue
        for name in sorted(names):
            if not name.startswith(OWN):
                yield f"the {unit} unit is header-only, but defines the strong symbol {name}; it wants CLEAVE_INLINE"
        for name in sorted(defined):
            if "cleave::" in name.split("(anonymous namespace)")[0] and "(anonymous namespace)" in name:
                yield f"the {unit} unit is header-only, but has its own {name}; give the namespace a name"
            if re.search(r"cleave::kernels::(?!isa_)", name):
                yield f"the {unit} unit is header-only, but {name} is not in the namespace CLEAVE_KERNELS"
    kernels = [{name for name in unit if re.search(r"\bcleave::kernels::\w+::", name)} for unit in (first, second)]
    if macros(compiler, flags[0]) != macros(compiler, flags[1]):
        for name in sorted(kernels[0] & kernels[1]):
            yield f"both units define {name}, whose meaning depends on the instruction set"
    if not kernels[0] or not kernels[1]:
        if all(options[-1] in HEADER_ONLY for options in flags):
            yield "a header-only unit defines no kernel at all: this check looks for the wrong names"


def compiled(unit, options, arguments, folder):
    """Returns the path of the object file."""
    path = os.path.join(folder, f"{unit}{''.join(options)}.o")
    run(arguments.compiler, "-std=c++20", "-Wall", "-Wextra", "-Werror", "-I", arguments.include, "-I", folder, *options,
        "-c", os.path.join(HERE, f"{unit}.cpp"), "-o", path)
    return path


def check(case, objects, arguments, folder):
    flags, expected = case[:2], case[2:]
    yield from problems(objects, flags, arguments.compiler)
    linked = [] if all(options[-1] in HEADER_ONLY for options in flags) else [arguments.kernels, "-lz"]
    for order in (objects, objects[::-1]):
        program = os.path.join(folder, "program")
        run(arguments.compiler, *order, *linked, "-pthread", "-o", program)
        done = subprocess.run([program, *map(str, expected)], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            yield f"the program ended with {done.returncode}:\n{done.stdout}{done.stderr}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--include", required=True, help="folder that holds cleave/")
    parser.add_argument("--kernels", required=True, help="the compiled library")
    parser.add_argument("headers", nargs="+")
    arguments = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "everything.hpp"), "w", encoding="utf-8") as file:
            for header in sorted(arguments.headers):
                file.write(f"#include <{os.path.relpath(header, arguments.include)}>\n")
        wanted = {(unit, tuple(options)) for case in CASES.values() for unit, options in zip(("first", "second"), case)}
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            objects = {each: pool.submit(compiled, *each, arguments, folder) for each in sorted(wanted)}
        for name, case in CASES.items():
            found = []
            try:
                own = [objects[unit, tuple(options)].result() for unit, options in zip(("first", "second"), case)]
                for problem in check(case, own, arguments, folder):
                    found.append(problem)
            except RuntimeError as error:
                found.append(str(error))
            failed += bool(found)
            for problem in found:
                print(f"FAILED {name}: {problem}")
    print(f"odr: {len(CASES) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
