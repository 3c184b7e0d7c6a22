// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/config.hpp>

#include <string>
#include <vector>

namespace cleave {

/// A table of numbers: row-major, `columns` numbers a row.
struct CsvTable {
  extent columns = 0;
  std::vector<float> values;

  [[nodiscard]] extent rows() const { return columns == 0 ? 0 : static_cast<extent>(values.size()) / columns; }
  /// Columns [first, first + count) of rows [first_row, end_row), row-major: what an iterator reads.
  /// Errors: a range outside the table.
  [[nodiscard]] std::vector<float> block(extent first, extent count, extent first_row, extent end_row) const;
};

/// Reads a file of comma-separated finite numbers: no header, no quotes, no spaces, `columns` numbers on every line.
/// Errors: Error with file, line and column at the first thing that is not so.
[[nodiscard]] CsvTable read_csv(const std::string& path, extent columns);

} // namespace cleave

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(data, csv)
#endif
