// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/error.hpp>

#include <filesystem>
#include <string>
#include <system_error>

namespace cleave::detail {

/// The size of a regular file. Errors: an absent or inaccessible path, a directory, a device.
inline std::uintmax_t size_of_file(const char* reader, const std::string& path) {
  std::error_code trouble;
  const std::filesystem::file_status status = std::filesystem::status(path, trouble);
  if (status.type() == std::filesystem::file_type::not_found) {
    fail("%s: %s does not exist; check the path", reader, path.c_str());
  }
  if (status.type() == std::filesystem::file_type::directory) {
    fail("%s: expected a file, but %s is a directory; name a file in it", reader, path.c_str());
  }
  if (trouble || status.type() != std::filesystem::file_type::regular) {
    fail("%s: expected a regular file, but %s is none%s%s; name a file on disk", reader, path.c_str(),
         trouble ? ": " : "", trouble ? trouble.message().c_str() : "");
  }
  const std::uintmax_t size = std::filesystem::file_size(path, trouble);
  if (trouble) {
    fail("%s: the size of %s cannot be read: %s; check that it may be read", reader, path.c_str(),
         trouble.message().c_str());
  }
  return size;
}

} // namespace cleave::detail
