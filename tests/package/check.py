#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Uses Cleave as users do: one way a run, each from clean temporary folders."""

import argparse
import glob
import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]


def run(*command, env=None, cwd=None):
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd,
                          env={**os.environ, **(env or {})})
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}\nexit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def expect(holds, sentence):
    if not holds:
        raise RuntimeError(sentence)


class Check:
    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.folder = folder
        self.compressed = os.path.join(folder, "rows.idx.gz")
        with gzip.open(self.compressed, "wb") as file:
            file.write(bytes([0, 0, 8, 1, 0, 0, 0, 4, 1, 2, 3, 4]))

    def start(self, program, reads="gzip"):
        run(program, self.compressed, reads)

    def cmake(self, source, build, *options):
        # neither step may say a word of warning
        said = run("cmake", "-S", source, "-B", build, "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={self.arguments.compiler}",
                   *options)
        said += run("cmake", "--build", build, "-j", "2")
        expect(not re.search(r"\bwarning\b", said, re.IGNORECASE), f"there was a warning:\n{said}")
        return said

    def install(self):
        prefix = os.path.join(self.folder, "first", "place")
        run("cmake", "--install", self.arguments.build, "--prefix", prefix)
        moved = os.path.join(self.folder, "moved")
        shutil.move(prefix, moved)
        return moved

    def library_folder(self, prefix):
        return os.path.dirname(glob.glob(os.path.join(prefix, "lib*", "**", "libcleave_kernels.a"), recursive=True)[0])

    def header_only(self):
        """One file, one command, from the source tree and from the installed one."""
        for include in (os.path.join(ROOT, "include"), os.path.join(self.install(), "include")):
            program = os.path.join(self.folder, "one")
            run(self.arguments.compiler, "-std=c++20", *STRICT, "-I", include, "-DCLEAVE_HEADER_ONLY",
                os.path.join(HERE, "main.cpp"), "-o", program)
            self.start(program, "plain")
            needed = re.findall(r"NEEDED.*\[(.*?)\.so", run("readelf", "-d", program))
            expect(set(needed) <= {"libstdc++", "libm", "libgcc_s", "libc", "ld-linux-x86-64"}, f"it needs {needed}")
            seen = run(self.arguments.compiler, "-std=c++20", "-I", include, "-DCLEAVE_HEADER_ONLY", "-M",
                       os.path.join(HERE, "main.cpp"))
            expect("Eigen/" not in seen and "zlib.h" not in seen, "Eigen or zlib is included")
            expect(seen.count("contract.cpp") == 1, "the kernels are not included once")
            run(self.arguments.compiler, "-std=c++20", "-I", include, "-DCLEAVE_HEADER_ONLY", "-DCLEAVE_WITH_ZLIB",
                os.path.join(HERE, "main.cpp"), "-o", program, "-lz")
            self.start(program)

    def find_package(self):
        """The installed package, after its folder has been moved."""
        prefix = self.install()
        for path in glob.glob(os.path.join(prefix, "**", "*cleave*"), recursive=True):
            if path.endswith((".cmake", ".pc")):
                with open(path, encoding="utf-8") as file:
                    text = file.read()
                expect(self.folder not in text and ROOT not in text, f"{path} names a folder of this machine")
        source = os.path.join(self.folder, "source")
        shutil.copytree(HERE, source)
        listing = os.path.join(source, "find_package", "CMakeLists.txt")
        with open(listing, encoding="utf-8") as file:
            text = file.read()
        version = re.search(r'PACKAGE_VERSION "([\d.]+)"', self.read(prefix, "cleaveConfigVersion.cmake"))[1]
        build = os.path.join(self.folder, "build")
        for asked, fits in ((version, True), ("0.0.1", False), ("0.99", False), ("1.0", False)):
            with open(listing, "w", encoding="utf-8") as file:
                file.write(text.replace("@CLEAVE_VERSION@", asked))
            shutil.rmtree(build, ignore_errors=True)
            options = (f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF")
            if not fits:
                try:
                    self.cmake(os.path.dirname(listing), build, *options)
                except RuntimeError as error:
                    expect("requested version" in str(error), str(error))
                    continue
                raise RuntimeError(f"version {version} was taken for {asked}")
            self.cmake(os.path.dirname(listing), build, *options)
            self.start(os.path.join(build, "linked"))
            self.start(os.path.join(build, "header_only"), "plain")

    def read(self, prefix, name):
        with open(glob.glob(os.path.join(prefix, "**", name), recursive=True)[0], encoding="utf-8") as file:
            return file.read()

    def embedded(self, how):
        build = os.path.join(self.folder, "build")
        said = self.cmake(os.path.join(HERE, how), build, f"-DCLEAVE_ROOT={ROOT}", "-DCLEAVE_ISAS=OFF")
        expect("libcleave_kernels.a" in said, f"the kernels were not built:\n{said}")
        self.start(os.path.join(build, "linked"))
        run("cmake", "--install", build, "--prefix", os.path.join(self.folder, "prefix"))
        expect(not glob.glob(os.path.join(self.folder, "prefix", "**", "cleave*"), recursive=True),
               "an embedded Cleave installs itself")
        tests = run("ctest", "--test-dir", build, "-N")
        expect("Total Tests: 0" in tests, f"an embedded Cleave brings its tests:\n{tests}")

    def subdirectory(self):
        """add_subdirectory: no warnings, no tests, nothing set that is not Cleave's own."""
        self.embedded("subdirectory")

    def fetch_content(self):
        """FetchContent with a folder that is there already."""
        self.embedded("fetch_content")

    def pkg_config(self):
        """pkg-config alone, as a makefile asks it."""
        prefix = self.install()
        config = {"PKG_CONFIG_PATH": os.path.join(self.library_folder(prefix), "pkgconfig")}
        flags = run("pkg-config", "--cflags", "--libs", "cleave", env=config).split()
        program = os.path.join(self.folder, "linked")
        run(self.arguments.compiler, "-std=c++20", os.path.join(HERE, "main.cpp"), *flags, "-o", program)
        self.start(program)
        version = run("pkg-config", "--modversion", "cleave", env=config).strip()
        expect(f'"{version}"' in self.read(prefix, "cleaveConfigVersion.cmake"), "pkg-config has another version")

    def destdir(self):
        """make install DESTDIR: everything below it, whatever the prefix."""
        stage = os.path.join(self.folder, "stage")
        run("make", "-C", ROOT, "install", f"DESTDIR={stage}", "PREFIX=/opt/cleave", f"BUILD={self.arguments.build}")
        prefix = os.path.join(stage, "opt", "cleave")
        expect(os.listdir(stage) == ["opt"] and os.listdir(os.path.dirname(prefix)) == ["cleave"],
               "something was installed elsewhere")
        for name in ("include/cleave/cleave.hpp", "include/cleave/kernels/device/pool.cpp",
                     "share/cleave/gdb/cleave_printers.py", "share/doc/cleave/LICENSE"):
            expect(os.path.exists(os.path.join(prefix, name)), f"{name} was not installed")

    def amalgam(self):
        """All headers and kernels in a single file."""
        single = os.path.join(self.folder, "cleave_single.hpp")
        run(sys.executable, os.path.join(ROOT, "tools", "amalgamate"), "--output", single)
        with open(os.path.join(HERE, "main.cpp"), encoding="utf-8") as file:
            text = re.sub(r"#include <cleave/.*>\n", "", file.read())
        unit = os.path.join(self.folder, "pasted.cpp")
        with open(unit, "w", encoding="utf-8") as file:
            file.write('#include "cleave_single.hpp"\n#include "cleave_single.hpp"\n' + text)
        program = os.path.join(self.folder, "pasted")
        run(self.arguments.compiler, "-std=c++20", *STRICT, unit, "-o", program)
        self.start(program, "plain")


def main():
    ways = [name for name, member in vars(Check).items()
            if callable(member) and member.__doc__ and not name.startswith("_")]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=ways)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--build", required=True, help="the build folder to install from")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            getattr(Check(arguments, folder), arguments.way)()
        except RuntimeError as error:
            print(f"FAILED {arguments.way}: {error}")
            return 1
    print(f"package: {arguments.way} works")
    return 0


if __name__ == "__main__":
    sys.exit(main())
