# SPDX-License-Identifier: Apache-2.0
# What a project that embeds Cleave builds, and what Cleave must not have done to it.
add_executable(linked ../main.cpp)
target_link_libraries(linked PRIVATE cleave::kernels)
add_executable(headers ../headers.cpp)
target_link_libraries(headers PRIVATE cleave::cleave)
foreach(target linked headers)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
                         -Wold-style-cast -Wuseless-cast -Wdouble-promotion -Wnull-dereference -Werror)
endforeach()

get_directory_property(options COMPILE_OPTIONS)
foreach(variable options CMAKE_CXX_STANDARD CMAKE_BUILD_TYPE CMAKE_EXPORT_COMPILE_COMMANDS)
  if(${variable})
    message(FATAL_ERROR "${variable} of the embedding project is '${${variable}}', but it set none")
  endif()
endforeach()
foreach(target static_tests runtime_tests group_tests 01_tensors fashion_mnist)
  if(TARGET ${target})
    message(FATAL_ERROR "Cleave builds its own ${target} inside another project")
  endif()
endforeach()
get_directory_property(cached CACHE_VARIABLES)
foreach(variable IN LISTS cached)
  # What CMake and the packages Threads and ZLIB leave behind themselves.
  if(NOT variable MATCHES "^(_?CMAKE_|CLEAVE_|cleave_|FETCHCONTENT_|ZLIB_|pkgcfg_lib_|PKG_CONFIG_|FIND_PACKAGE_MESSAGE_|(embeds|fetches)_)")
    message(FATAL_ERROR "the cache of the embedding project has a new variable ${variable}")
  endif()
endforeach()
