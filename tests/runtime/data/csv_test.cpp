// SPDX-License-Identifier: Apache-2.0
#include <cleave/data/csv.hpp>

#include <support/scratch_folder.hpp>

#include <catch2/catch.hpp>

namespace {

using Catch::Contains;
using support::error_of;
using support::ScratchFolder;

/// What reading a file of three columns complains about.
std::string complaint(const std::string& content) {
  const ScratchFolder folder;
  const std::string path = folder.write("some.csv", content);
  const std::string sentence = error_of([&] { (void)cleave::read_csv(path, 3); });
  CHECK((sentence.empty() || sentence.find(path) != std::string::npos));
  return sentence;
}

TEST_CASE("a csv file is read row by row", "[data][csv]") {
  const ScratchFolder folder;
  for (const char* content : {"1,2,3\n-4,5.5,6e1\n", "1,2,3\n-4,5.5,6e1", "1,2,3\r\n-4,5.5,6e1\r\n"}) {
    const cleave::CsvTable table = cleave::read_csv(folder.write("a.csv", content), 3);
    CHECK(table.columns == 3);
    CHECK(table.rows() == 2);
    CHECK(table.values == std::vector<float>{1, 2, 3, -4, 5.5F, 60});
  }
}

TEST_CASE("a block of a table is copied out", "[data][csv]") {
  const cleave::CsvTable table{3, {0, 1, 2, 3, 4, 5, 6, 7, 8}};
  CHECK(table.block(0, 2, 1, 3) == std::vector<float>{3, 4, 6, 7});
  CHECK(table.block(2, 1, 0, 3) == std::vector<float>{2, 5, 8});
  CHECK_THAT(error_of([&] { (void)table.block(2, 2, 0, 1); }), Contains("within 3 columns and 3 rows"));
  CHECK_THAT(error_of([&] { (void)table.block(0, 1, 0, 4); }), Contains("rows 0 to 4"));
}

TEST_CASE("the digits data have 1797 rows of 64 pixels and a label", "[data][csv]") {
  const cleave::CsvTable table = cleave::read_csv(CLEAVE_ORACLE_DIR "/digits.csv", 65);
  REQUIRE(table.rows() == 1797);
  bool in_range = true;
  for (std::size_t i = 0; i < table.values.size(); ++i) {
    in_range = in_range && table.values[i] >= 0 && table.values[i] <= (i % 65 == 64 ? 9.F : 16.F);
  }
  CHECK(in_range);
}

TEST_CASE("csv errors name line and column", "[data][csv]") {
  CHECK_THAT(complaint("1,2,3\n1,x,3\n"), Contains("line 2, column 2: expected a number, but 'x' came"));
  CHECK_THAT(complaint("a,b,c\n1,2,3\n"), Contains("line 1, column 1: expected a number, but 'a' came"));
  CHECK_THAT(complaint("1,2,3\n1,2\n"), Contains("line 2, column 3: expected 3 columns, but the line ends after 2"));
  CHECK_THAT(complaint("1,2,3,4\n"), Contains("line 1, column 4: expected 3 columns, but the line goes on"));
  CHECK_THAT(complaint("1,2,3,\n"), Contains("line 1, column 4"));
  CHECK_THAT(complaint("1,,3\n"), Contains("line 1, column 2: expected a number, but '' came"));
  CHECK_THAT(complaint("1,2,3\n\n1,2,3\n"), Contains("line 2, column 1"));
  CHECK_THAT(complaint("1, 2,3\n"), Contains("but ' 2' came"));
  CHECK_THAT(complaint("1,2z,3\n"), Contains("but '2z' came"));
  CHECK_THAT(complaint("1,nan,3\n"), Contains("expected a finite number"));
  CHECK_THAT(complaint("1,2,inf\n"), Contains("line 1, column 3: expected a finite number"));
  CHECK_THAT(complaint("1,2,1e99\n"), Contains("expected a finite number that a float can hold, but '1e99' came"));
}

TEST_CASE("absent, empty and foreign csv files are refused", "[data][csv]") {
  const ScratchFolder folder;
  CHECK_THAT(error_of([&] { (void)cleave::read_csv(folder.path("none"), 3); }), Contains("does not exist"));
  CHECK_THAT(error_of([&] { (void)cleave::read_csv(folder.path(), 3); }), Contains("is a directory"));
  CHECK_THAT(error_of([&] { (void)cleave::read_csv(folder.write("a", "1"), 0); }), Contains("at least 1 column"));
  CHECK_THAT(complaint(""), Contains("is empty"));
  CHECK_THAT(complaint(std::string("\0\1\2", 3)), Contains("line 1, column 1"));
}

} // namespace
