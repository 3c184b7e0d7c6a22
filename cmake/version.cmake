# SPDX-License-Identifier: Apache-2.0
# Sets cleave_version from the header that states it.
set(cleave_version "")
foreach(part MAJOR MINOR PATCH)
  file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/../include/cleave/version.hpp line REGEX "^#define CLEAVE_VERSION_${part} [0-9]+$")
  if(NOT line)
    message(FATAL_ERROR "include/cleave/version.hpp: expected a line '#define CLEAVE_VERSION_${part} <number>', found none")
  endif()
  string(REGEX REPLACE ".* " "" line "${line}")
  list(APPEND cleave_version ${line})
endforeach()
list(JOIN cleave_version . cleave_version)
