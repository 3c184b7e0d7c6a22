// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/shape/dtype.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace cleave {

/// The content of an idx file: row-major, rows on the first axis.
struct IdxArray {
  std::vector<std::int64_t> dims; ///< 1 to 4 extents, each at least 1
  std::vector<std::uint8_t> bytes;
  DType dtype = DType::u8;

  [[nodiscard]] extent rows() const { return dims.empty() ? 0 : static_cast<extent>(dims[0]); }
};

/// Reads an idx file of unsigned bytes (the format of MNIST and Fashion-MNIST), plain or compressed by gzip.
/// Errors: Error with the file's name when it is absent, a directory, damaged, truncated, longer than its header says,
/// or no such file at all. Memory is taken only as content arrives, whatever the header claims.
[[nodiscard]] IdxArray read_idx(const std::string& path);

} // namespace cleave

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(data, idx)
#endif
