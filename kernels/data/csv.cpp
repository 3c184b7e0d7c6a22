// SPDX-License-Identifier: Apache-2.0
#include "file.hpp"

#include <cleave/data/csv.hpp>

#include <charconv>
#include <cmath>
#include <fstream>
#include <memory>
#include <string_view>

namespace cleave {
namespace detail::csv {

inline std::string read_text(const std::string& path) {
  std::string text(size_of_file("read_csv", path), '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file) {
    fail("read_csv: expected a file that can be read, but reading %s failed; check the disk and that it may be read",
         path.c_str());
  }
  return text;
}

struct Place {
  const char* path;
  extent line;
};

inline float parse(const Place& at, extent column, std::string_view field) {
  float value = 0;
  const char* const end = std::to_address(field.end());
  const auto [stopped, trouble] = std::from_chars(std::to_address(field.begin()), end, value);
  const std::string shown(field.substr(0, 40)); // for messages
  if (trouble == std::errc::result_out_of_range ||
      (trouble == std::errc{} && stopped == end && !std::isfinite(value))) {
    fail("read_csv: %s, line %td, column %td: expected a finite number that a float can hold, but '%s' came; "
         "scale or mend the data",
         at.path, at.line, column, shown.c_str());
  }
  if (trouble != std::errc{} || stopped != end) {
    fail("read_csv: %s, line %td, column %td: expected a number, but '%s' came; headers, spaces and quotes are "
         "not read, remove them",
         at.path, at.line, column, shown.c_str());
  }
  return value;
}

inline void parse_line(const Place& at, std::string_view line, CsvTable& table) {
  for (extent column = 1;; ++column) {
    const std::size_t comma = line.find(',');
    if (column > table.columns) {
      fail("read_csv: %s, line %td, column %td: expected %td columns, but the line goes on; check the number "
           "of columns asked for",
           at.path, at.line, column, table.columns);
    }
    table.values.push_back(parse(at, column, line.substr(0, comma)));
    if (comma == std::string_view::npos) {
      if (column < table.columns) {
        fail("read_csv: %s, line %td, column %td: expected %td columns, but the line ends after %td; check the "
             "number of columns asked for",
             at.path, at.line, column + 1, table.columns, column);
      }
      return;
    }
    line.remove_prefix(comma + 1);
  }
}

} // namespace detail::csv

CLEAVE_INLINE std::vector<float> CsvTable::block(extent first, extent count, extent first_row, extent end_row) const {
  if (first < 0 || count < 0 || first > columns - count || first_row < 0 || end_row > rows() || first_row > end_row) {
    detail::fail(
        "CsvTable: expected a block within %td columns and %td rows, but columns %td to %td of rows %td to %td "
        "were asked for; ask for less",
        columns, rows(), first, first + count, first_row, end_row);
  }
  std::vector<float> taken;
  taken.reserve(static_cast<std::size_t>(count * (end_row - first_row)));
  for (extent row = first_row; row < end_row; ++row) {
    const auto begin = values.begin() + row * columns + first;
    taken.insert(taken.end(), begin, begin + count);
  }
  return taken;
}

CLEAVE_INLINE CsvTable read_csv(const std::string& path, extent columns) {
  if (columns < 1) {
    detail::fail("read_csv: expected to be asked for at least 1 column of %s, but %td came; count those of a line",
                 path.c_str(), columns);
  }
  const std::string text = detail::csv::read_text(path);
  if (text.empty()) {
    detail::fail("read_csv: %s is empty, but lines of %td numbers are expected; check what wrote it", path.c_str(),
                 columns);
  }
  CsvTable table;
  table.columns = columns;
  std::string_view rest = text;
  for (detail::csv::Place at{path.c_str(), 1}; !rest.empty(); ++at.line) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    detail::csv::parse_line(at, line, table);
  }
  return table;
}

} // namespace cleave
