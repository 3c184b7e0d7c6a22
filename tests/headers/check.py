#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles headers alone, or some together, behind macros that trap careless names; warnings are errors.

With --umbrella it compiles nothing, but checks that the umbrella headers include what they promise, and that headers
include every source of the kernels in header-only mode.
"""

import argparse
import concurrent.futures
import glob
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"]
FLAGS = ["-std=c++20", "-fsyntax-only", "-Wpedantic", *WARNINGS, "-fdiagnostics-color=never"]
NVCC_FLAGS = ["-std=c++20", "-Xcompiler", ",".join(WARNINGS), "-Werror", "all-warnings", "-c"]

# umbrella header -> rooms of which it brings every header, and single ones
PROMISES = {
    "tensor.hpp": (["shape", "tensor"], ["base/error.hpp", "device/cpu.hpp", "ops/elementwise.hpp"]),
    "cleave.hpp": (["shape", "device", "tensor", "graph", "ops", "model", "passes", "exec", "group"],
                   ["base/error.hpp", "tensor.hpp", "version.hpp"]),
}
# What only those include who want it: with other people's software or words, for debugging, inside the kernels.
APART = re.compile(r"((device/cuda|group/nccl|group/mpi)[^/]*|shape/mxnet_reshape|(graph|passes)/(print|verify(_memory)?)"
                   r"|device/(pool|scratch)|ops/\w+_kernels)\.hpp$")


def compile_together(names, arguments):
    """Returns the compiler's complaint about a unit that includes these headers, or None."""
    unit = "".join(f"#include <{name}>\n" for name in names)
    with tempfile.TemporaryDirectory() as folder:
        is_nvcc = os.path.basename(arguments.compiler) == "nvcc"
        path = os.path.join(folder, "unit.cu" if is_nvcc else "unit.cpp")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f'#include "{os.path.join(HERE, "traps.hpp")}"\n{unit}')
        command = [arguments.compiler, *(NVCC_FLAGS if is_nvcc else FLAGS), "-I", arguments.include]
        for system in arguments.system:
            command += ["-isystem", system]
        command += [path, "-o", os.path.join(folder, "unit.o")] if is_nvcc else [path]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr) or f"exit status {done.returncode}\n" if done.returncode else None


def closure(include, name):
    """All headers of Cleave that a header includes, itself among them."""
    found, open_ends = set(), [name]
    while open_ends:
        name = open_ends.pop()
        if name not in found:
            found.add(name)
            with open(os.path.join(include, "cleave", name), encoding="utf-8") as file:
                open_ends += re.findall(r"^\s*#\s*include <cleave/([^>]+)>", file.read(), re.MULTILINE)
    return found


def check_umbrellas(names, include):
    problems = []
    for umbrella, (rooms, singles) in PROMISES.items():
        brought = closure(include, umbrella)
        promised = singles + [name for name in names if name.split("/")[0] in rooms and not APART.search(name)]
        problems += [f"<cleave/{umbrella}> does not include {name}" for name in promised if name not in brought]
    included = set()
    for name in names:
        with open(os.path.join(include, "cleave", name), encoding="utf-8") as file:
            included |= set(re.findall(r"^#include CLEAVE_SOURCE\((\w+), (\w+)\)$", file.read(), re.MULTILINE))
    sources = glob.glob(os.path.join(include, os.pardir, "kernels", "*", "*.cpp"))
    for source in sorted(sources):
        room, name = source.removesuffix(".cpp").split(os.sep)[-2:]
        if (room, name) not in included:
            problems.append(f"no header ends with `#include CLEAVE_SOURCE({room}, {name})` for CLEAVE_HEADER_ONLY")
    for problem in problems:
        print(f"FAILED {problem}")
    print(f"headers: {len(PROMISES)} umbrella headers, {len(sources)} sources, {len(problems)} are missing")
    return 1 if problems else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler")
    parser.add_argument("--umbrella", action="store_true")
    parser.add_argument("--include", required=True, help="folder that holds cleave/")
    parser.add_argument("--system", action="append", default=[], help="a further include folder of somebody else's")
    parser.add_argument("--together", type=int, default=1, help="headers a unit")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("headers", nargs="+")
    arguments = parser.parse_args()
    names = sorted(os.path.relpath(header, arguments.include) for header in arguments.headers)
    if arguments.umbrella:
        return check_umbrellas([name.removeprefix("cleave/") for name in names], arguments.include)
    units = [names[i:i + arguments.together] for i in range(0, len(names), arguments.together)]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        complaints = pool.map(lambda unit: compile_together(unit, arguments), units)
        for unit, complaint in zip(units, complaints):
            if complaint is not None:
                failed += len(unit)
                print(f"FAILED {', '.join(unit)}: does not compile by itself:\n{complaint}")
    print(f"headers: {len(names) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
