// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "file.hpp"

#include <cerrno>
#include <cstdint>

#if CLEAVE_HAS_ZLIB()
#include <algorithm>

#include <zlib.h>
#else
#include <cstdio>
#endif

namespace cleave::detail {

inline std::string last_error() { return std::generic_category().message(errno); }

#if CLEAVE_HAS_ZLIB()

/// A file that zlib reads, whether compressed or not.
class ByteReader {
public:
  explicit ByteReader(const std::string& path)
      : path_(path), file_size_(size_of_file("read_idx", path)), file_(gzopen(path.c_str(), "rb")) {
    if (file_ == nullptr) {
      fail("read_idx: %s cannot be opened: %s; check that it may be read", path.c_str(), last_error().c_str());
    }
    gzbuffer(file_, 1U << 18U);
  }
  ByteReader(const ByteReader&) = delete;
  ByteReader(ByteReader&&) = delete;
  ByteReader& operator=(const ByteReader&) = delete;
  ByteReader& operator=(ByteReader&&) = delete;
  ~ByteReader() { gzclose_r(file_); }

  /// Up to `count` bytes; fewer at the end of the file.
  std::size_t read(std::uint8_t* to, std::size_t count) {
    constexpr std::size_t most = 1U << 30U; // gzread returns an int
    std::size_t done = 0;
    while (done < count) {
      const int got = gzread(file_, to + done, static_cast<unsigned>(std::min(most, count - done)));
      if (got < 0) {
        fail_reading();
      }
      if (got == 0) {
        break;
      }
      done += static_cast<std::size_t>(got);
    }
    if (done < count) {
      int code = Z_OK;
      gzerror(file_, &code); // a compressed stream that stops early reads as a short file, and leaves this
      if (code != Z_OK) {
        fail_reading();
      }
    }
    return done;
  }

  /// The most bytes of content that the file can hold: deflate expands 1032 times at best.
  [[nodiscard]] std::uint64_t most_content() const {
    return gzdirect(file_) != 0 ? file_size_ : std::uint64_t{file_size_} * 1032;
  }

private:
  [[noreturn]] void fail_reading() const {
    int code = Z_OK;
    gzerror(file_, &code);
    if (code == Z_ERRNO) {
      fail("read_idx: %s cannot be read: %s; check the disk, or fetch the file again", path_.c_str(),
           last_error().c_str());
    }
    fail("read_idx: %s is damaged, its gzip data ends early or does not decompress; fetch the file again",
         path_.c_str());
  }

  const std::string& path_;
  std::uint64_t file_size_;
  gzFile file_;
};

#else

/// A file that is not compressed; reading others needs zlib.
class ByteReader {
public:
  explicit ByteReader(const std::string& path)
      : path_(path), file_size_(size_of_file("read_idx", path)), file_(std::fopen(path.c_str(), "rb")) {
    if (file_ == nullptr) {
      fail("read_idx: %s cannot be opened: %s; check that it may be read", path.c_str(), last_error().c_str());
    }
    unsigned char begin[2] = {};
    const bool is_gzip = std::fread(begin, 1, 2, file_) == 2 && begin[0] == 0x1F && begin[1] == 0x8B;
    std::rewind(file_);
    if (is_gzip) {
      std::fclose(file_);
      fail("read_idx: %s is compressed by gzip, but this program was built without zlib; decompress the file, or "
           "define CLEAVE_WITH_ZLIB (in CMake: set CLEAVE_ZLIB) and link zlib",
           path.c_str());
    }
  }
  ByteReader(const ByteReader&) = delete;
  ByteReader(ByteReader&&) = delete;
  ByteReader& operator=(const ByteReader&) = delete;
  ByteReader& operator=(ByteReader&&) = delete;
  ~ByteReader() { std::fclose(file_); }

  /// Up to `count` bytes; fewer at the end of the file.
  std::size_t read(std::uint8_t* to, std::size_t count) {
    const std::size_t done = std::fread(to, 1, count, file_);
    if (done < count && std::ferror(file_) != 0) {
      fail("read_idx: %s cannot be read: %s; check the disk, or fetch the file again", path_.c_str(),
           last_error().c_str());
    }
    return done;
  }

  /// The most bytes of content that the file can hold.
  [[nodiscard]] std::uint64_t most_content() const { return file_size_; }

private:
  const std::string& path_;
  std::uint64_t file_size_;
  std::FILE* file_;
};

#endif

} // namespace cleave::detail
