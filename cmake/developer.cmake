# SPDX-License-Identifier: Apache-2.0
# Settings of the project's own builds; included only where it is the top level.
set(CLEAVE_SANITIZE "" CACHE STRING "Sanitizers for everything: empty, \"address,undefined\", \"undefined\" or \"thread\"")
set_property(CACHE CLEAVE_SANITIZE PROPERTY STRINGS "" "address,undefined" "undefined" "thread")
option(CLEAVE_COVERAGE "Count which lines run" OFF)
set(CLEAVE_ORACLE_DIR "${PROJECT_SOURCE_DIR}/tests/data/oracle" CACHE PATH "Folder of recorded reference values")
find_program(CLEAVE_CLANG NAMES clang++-19 DOC "A second compiler for the header and rejection tests (optional)")

if(NOT multi_config AND NOT CMAKE_BUILD_TYPE)
  set_property(CACHE CMAKE_BUILD_TYPE PROPERTY VALUE Release)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(CLEAVE_SANITIZE)
  add_compile_options(-fsanitize=${CLEAVE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${CLEAVE_SANITIZE})
endif()
if(CLEAVE_COVERAGE)
  # Threads count, too. Inlining would give lines to their callers.
  add_compile_options(--coverage -fprofile-update=atomic -fno-inline)
  add_link_options(--coverage)
endif()
