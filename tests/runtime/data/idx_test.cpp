// SPDX-License-Identifier: Apache-2.0
#include <cleave/data/idx.hpp>

#include <support/scratch_folder.hpp>

#include <catch2/catch.hpp>

#include <iterator>

namespace {

using Catch::Contains;
using support::error_of;
using support::ScratchFolder;

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) {
    text.push_back(static_cast<char>(value));
  }
  return text;
}

/// 2 x 3 numbers 0 to 5.
std::string small_file() { return bytes({0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 0, 1, 2, 3, 4, 5}); }

/// The same, as gzip -n writes it.
std::string small_file_compressed() {
  return bytes({0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x63, 0x60,
                0xe0, 0x60, 0x62, 0x60, 0x60, 0x00, 0x61, 0x66, 0x06, 0x46, 0x26, 0x66,
                0x16, 0x56, 0x00, 0x26, 0x2c, 0x23, 0x54, 0x12, 0x00, 0x00, 0x00});
}

/// What reading a file of these bytes complains about.
std::string complaint(const std::string& content) {
  const ScratchFolder folder;
  const std::string path = folder.write("some.idx", content);
  const std::string sentence = error_of([&] { (void)cleave::read_idx(path); });
  CHECK((sentence.empty() || sentence.find(path) != std::string::npos)); // it always names the file
  return sentence;
}

TEST_CASE("an idx file is read with its dims and bytes", "[data][idx]") {
  const ScratchFolder folder;
  for (const std::string& content : {small_file(), small_file_compressed()}) {
    const cleave::IdxArray array = cleave::read_idx(folder.write("a.idx", content));
    CHECK(array.dims == std::vector<std::int64_t>{2, 3});
    CHECK(array.bytes == std::vector<std::uint8_t>{0, 1, 2, 3, 4, 5});
    CHECK(array.dtype == cleave::DType::u8);
    CHECK(array.rows() == 2);
  }
}

TEST_CASE("an array larger than one reading step is read whole", "[data][idx]") {
  std::string content = bytes({0, 0, 8, 1, 0, 0x2f, 0xff, 0xff});
  const std::size_t size = 0x2fffff;
  for (std::size_t i = 0; i < size; ++i) {
    content.push_back(static_cast<char>(i % 251));
  }
  const ScratchFolder folder;
  const cleave::IdxArray array = cleave::read_idx(folder.write("a.idx", content));
  REQUIRE(array.bytes.size() == size);
  bool same = true;
  for (std::size_t i = 0; i < size; ++i) {
    same = same && array.bytes[i] == i % 251;
  }
  CHECK(same);
}

TEST_CASE("an absent idx file or a directory is refused by name", "[data][idx]") {
  const ScratchFolder folder;
  CHECK_THAT(error_of([&] { (void)cleave::read_idx(folder.path("none")); }), Contains("none does not exist"));
  CHECK_THAT(error_of([&] { (void)cleave::read_idx(folder.path()); }), Contains("is a directory"));
  CHECK_THAT(error_of([&] { (void)cleave::read_idx("/dev/null"); }), Contains("expected a regular file"));
}

TEST_CASE("a foreign file is no idx file", "[data][idx]") {
  CHECK_THAT(complaint(""), Contains("a header of at least 8 bytes, but it has 0"));
  CHECK_THAT(complaint("abc"), Contains("a header of at least 8 bytes, but it has 3"));
  CHECK_THAT(complaint("label,pixel\n1,2\n"), Contains("begin with the bytes 00 00 08, but it begins with 6c 61 62"));
  CHECK_THAT(complaint(bytes({0, 0, 7, 1, 0, 0, 0, 1, 0})), Contains("it begins with 00 00 07"));
}

TEST_CASE("other element types are named", "[data][idx]") {
  CHECK_THAT(complaint(bytes({0, 0, 0x0d, 1, 0, 0, 0, 1, 0, 0, 0, 0})),
             Contains("holds 32-bit floating point numbers"));
  CHECK_THAT(complaint(bytes({0, 0, 0x09, 1, 0, 0, 0, 1, 0})), Contains("holds signed bytes"));
}

TEST_CASE("an idx array has 1 to 4 axes", "[data][idx]") {
  CHECK_THAT(complaint(bytes({0, 0, 8, 0, 1})), Contains("claims to have 0 axes"));
  CHECK_THAT(complaint(bytes({0, 0, 8, 5, 0, 0, 0, 1})), Contains("claims to have 5 axes"));
  CHECK(complaint(bytes({0, 0, 8, 4, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9})).empty());
}

TEST_CASE("huge, overflowing and empty dims are refused before memory is taken", "[data][idx]") {
  CHECK_THAT(complaint(bytes({0, 0, 8, 1, 0xff, 0xff, 0xff, 0xff, 1})),
             Contains("claims to hold 4294967295 bytes, but a file of its size can hold at most 9"));
  const std::string most(16, static_cast<char>(0xff));
  CHECK_THAT(complaint(bytes({0, 0, 8, 4}) + most),
             Contains("4294967295 x 4294967295 x 4294967295 x 4294967295 bytes"));
  // 2^16 x 2^16 x 2^16 x 2^16 is 0 in 64 bits
  CHECK_THAT(complaint(bytes({0, 0, 8, 4, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0})), Contains("65536 x 65536"));
  CHECK_THAT(complaint(bytes({0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 3})), Contains("holds an empty array (0 x 3)"));
}

TEST_CASE("every truncation of an idx file is refused", "[data][idx]") {
  const std::string whole = small_file();
  const std::string compressed = small_file_compressed();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    INFO("the first " << size << " bytes");
    CHECK_FALSE(complaint(whole.substr(0, size)).empty());
  }
  for (std::size_t size = 0; size < compressed.size(); ++size) {
    INFO("the first " << size << " bytes, compressed");
    CHECK_FALSE(complaint(compressed.substr(0, size)).empty());
  }
  CHECK_THAT(complaint(whole.substr(0, 10)), Contains("expected a header of 12 bytes, but it has 10"));
  CHECK_THAT(complaint(compressed.substr(0, 25)), Contains("is damaged, its gzip data ends early"));
}

TEST_CASE("bytes after the array are refused", "[data][idx]") {
  CHECK_THAT(complaint(small_file() + "x"), Contains("goes on after the 6 bytes (2 x 3)"));
}

TEST_CASE("damaged gzip data is refused, wherever the damage is", "[data][idx]") {
  const std::string good = small_file_compressed();
  for (std::size_t at = 0; at < good.size(); ++at) {
    if (at >= 4 && at < 10) {
      continue; // time and system: no part of the content
    }
    std::string damaged = good;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    INFO("byte " << at);
    CHECK_FALSE(complaint(damaged).empty());
  }
}

} // namespace
