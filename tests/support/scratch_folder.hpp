// SPDX-License-Identifier: Apache-2.0
// A folder for a test's files, removed at the end, and what went wrong in words.
#pragma once

#include <cleave/base/error.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace support {

class ScratchFolder {
public:
  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "cleave-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      throw std::runtime_error("no scratch folder could be made at " + name);
    }
    path_ = name;
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] std::string path(const std::string& name) const { return path_ + "/" + name; }
  /// Writes a file and returns its path.
  [[nodiscard]] std::string write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

private:
  std::string path_;
};

/// The sentence of the Error that a call throws; empty where it throws none.
template <class Call>
std::string error_of(Call call) {
  try {
    call();
  } catch (const cleave::Error& error) {
    return error.what();
  }
  return "";
}

} // namespace support
