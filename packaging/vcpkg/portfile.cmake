# SPDX-License-Identifier: Apache-2.0
vcpkg_from_github(OUT_SOURCE_PATH SOURCE_PATH
                  REPO "@REPO@" REF "v${VERSION}" SHA512 "@SHA512@")
vcpkg_check_features(OUT_FEATURE_OPTIONS FEATURE_OPTIONS FEATURES gzip CLEAVE_ZLIB)
vcpkg_cmake_configure(SOURCE_PATH "${SOURCE_PATH}"
                      OPTIONS -DCLEAVE_BUILD_TESTS=OFF -DCLEAVE_BUILD_EXAMPLES=OFF ${FEATURE_OPTIONS})
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/cleave)
vcpkg_fixup_pkgconfig()
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include" "${CURRENT_PACKAGES_DIR}/debug/share")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
