#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles the program header-only and without exceptions or run-time types, by one compiler, and runs it."""

import argparse
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
FLAGS = ["-std=c++20", "-O1", "-fno-exceptions", "-fno-rtti", "-DCLEAVE_HEADER_ONLY", "-Wall", "-Wextra", "-Wpedantic",
         "-Wconversion", "-Wshadow", "-Werror"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--include", required=True, help="folder that holds cleave/")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "program")
        source = os.path.join(HERE, "main.cpp")
        built = subprocess.run([arguments.compiler, *FLAGS, "-I", arguments.include, source, "-o", program], check=False)
        return built.returncode or abs(subprocess.run([program], check=False).returncode)


if __name__ == "__main__":
    sys.exit(main())
