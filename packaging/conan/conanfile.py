# SPDX-License-Identifier: Apache-2.0
import os
import re

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir)


class Cleave(ConanFile):
    name = "cleave"
    description = "A tensor framework whose shapes, axes and devices are types"
    license = "Apache-2.0"
    package_type = "static-library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"gzip": [True, False]}
    default_options = {"gzip": True}
    generators = "CMakeDeps"
    minimum_compiler = {"gcc": 12, "clang": 19}  # what the tests run with

    def set_version(self):
        text = load(self, os.path.join(ROOT, "include", "cleave", "version.hpp"))
        self.version = ".".join(re.search(rf"VERSION_{part} (\d+)", text)[1] for part in ("MAJOR", "MINOR", "PATCH"))

    def export_sources(self):
        for pattern in ("CMakeLists.txt", "LICENSE", "cmake/*", "include/*", "kernels/*", "tools/gdb/*"):
            copy(self, pattern, ROOT, self.export_sources_folder)

    def requirements(self):
        if self.options.gzip:
            self.requires("zlib/[>=1.2.11 <2]")

    def validate(self):
        check_min_cppstd(self, 20)
        compiler = str(self.settings.compiler)
        if int(str(self.settings.compiler.version).split(".", maxsplit=1)[0]) < self.minimum_compiler.get(compiler, 0):
            raise ConanInvalidConfiguration(f"cleave needs {compiler} {self.minimum_compiler[compiler]} or newer")

    def layout(self):
        cmake_layout(self)

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["CLEAVE_BUILD_TESTS"] = False
        toolchain.cache_variables["CLEAVE_BUILD_EXAMPLES"] = False
        toolchain.cache_variables["CLEAVE_ZLIB"] = bool(self.options.gzip)
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build(target="cleave_kernels")

    def package(self):
        CMake(self).install()

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "cleave")
        kernels = self.cpp_info.components["kernels"]
        kernels.set_property("cmake_target_name", "cleave::kernels")
        kernels.libs = ["cleave_kernels"]
        kernels.system_libs = ["pthread"]
        if self.options.gzip:
            kernels.requires = ["zlib::zlib"]
        header_only = self.cpp_info.components["header_only"]
        header_only.set_property("cmake_target_name", "cleave::header_only")
        header_only.defines = ["CLEAVE_HEADER_ONLY"]
        header_only.system_libs = ["pthread"]
