# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts where. Everything refers to its own place, so the folder may be moved.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/cleave)

install(TARGETS cleave cleave_kernels cleave_header_only EXPORT cleaveTargets
        FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
# The sources that header-only mode includes.
install(DIRECTORY kernels/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/cleave/kernels
        FILES_MATCHING PATTERN "*.cpp" PATTERN "*.hpp" PATTERN cuda EXCLUDE)
install(DIRECTORY tools/gdb/ DESTINATION ${CMAKE_INSTALL_DATADIR}/cleave/gdb FILES_MATCHING PATTERN "*.py")
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

install(EXPORT cleaveTargets NAMESPACE cleave:: DESTINATION ${package_dir})
configure_package_config_file(cmake/cleaveConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/cleaveConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/cleaveConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/cleaveConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/cleaveConfigVersion.cmake
        DESTINATION ${package_dir})

# The library is static: whoever links it links what it uses.
set(cleave_pc_libraries "$<$<BOOL:${CLEAVE_ZLIB}>: -lz>")
if(CMAKE_THREAD_LIBS_INIT)
  string(APPEND cleave_pc_libraries " ${CMAKE_THREAD_LIBS_INIT}")
endif()
file(RELATIVE_PATH cleave_pc_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" cleave_pc_prefix "${cleave_pc_prefix}")
configure_file(cmake/cleave.pc.in ${CMAKE_CURRENT_BINARY_DIR}/cleave.pc.in @ONLY)
file(GENERATE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/cleave.pc INPUT ${CMAKE_CURRENT_BINARY_DIR}/cleave.pc.in)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/cleave.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
