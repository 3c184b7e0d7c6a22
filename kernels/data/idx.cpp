// SPDX-License-Identifier: Apache-2.0
#include "file.hpp"

#include <cleave/data/idx.hpp>

#include <algorithm>
#include <cerrno>

#include <zlib.h>

namespace cleave {
namespace {

std::string last_error() { return std::generic_category().message(errno); }

/// A file that zlib reads, whether compressed or not.
class Reader {
public:
  explicit Reader(const std::string& path)
      : path_(path), file_size_(detail::size_of_file("read_idx", path)), file_(gzopen(path.c_str(), "rb")) {
    if (file_ == nullptr) {
      detail::fail("read_idx: %s cannot be opened: %s; check that it may be read", path.c_str(), last_error().c_str());
    }
    gzbuffer(file_, 1U << 18U);
  }
  Reader(const Reader&) = delete;
  Reader(Reader&&) = delete;
  Reader& operator=(const Reader&) = delete;
  Reader& operator=(Reader&&) = delete;
  ~Reader() { gzclose_r(file_); }

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
      detail::fail("read_idx: %s cannot be read: %s; check the disk, or fetch the file again", path_.c_str(),
                   last_error().c_str());
    }
    detail::fail("read_idx: %s is damaged, its gzip data ends early or does not decompress; fetch the file again",
                 path_.c_str());
  }

  const std::string& path_;
  std::uint64_t file_size_;
  gzFile file_;
};

std::uint32_t big_endian(const std::uint8_t* from) {
  return (std::uint32_t{from[0]} << 24U) | (std::uint32_t{from[1]} << 16U) | (std::uint32_t{from[2]} << 8U) | from[3];
}

/// The name of an element type code, or null.
const char* type_name(unsigned code) {
  switch (code) {
  case 0x08:
    return "unsigned bytes";
  case 0x09:
    return "signed bytes";
  case 0x0B:
    return "16-bit integers";
  case 0x0C:
    return "32-bit integers";
  case 0x0D:
    return "32-bit floating point numbers";
  case 0x0E:
    return "64-bit floating point numbers";
  default:
    return nullptr;
  }
}

/// Checks the first four bytes and returns the number of axes.
unsigned check_magic(const std::string& path, const std::uint8_t* magic) {
  if (magic[0] != 0 || magic[1] != 0 || type_name(magic[2]) == nullptr) {
    detail::fail("read_idx: %s is no idx file: expected it to begin with the bytes 00 00 08, but it begins with "
                 "%02x %02x %02x; check what the file holds",
                 path.c_str(), magic[0], magic[1], magic[2]);
  }
  if (magic[2] != 0x08) {
    detail::fail("read_idx: %s holds %s, but only unsigned bytes (type 08) can be read; convert the file", path.c_str(),
                 type_name(magic[2]));
  }
  if (magic[3] < 1 || magic[3] > 4) {
    detail::fail(
        "read_idx: %s claims to have %u axes, but an array of 1 to 4 axes is expected; check what the file holds",
        path.c_str(), static_cast<unsigned>(magic[3]));
  }
  return magic[3];
}

/// "60000 x 28 x 28"
std::string describe(const std::vector<std::int64_t>& dims) {
  std::string text;
  for (const std::int64_t dim : dims) {
    text += text.empty() ? "" : " x ";
    text += std::to_string(dim);
  }
  return text;
}

/// Number of bytes that the header promises, which the file must be able to hold.
std::uint64_t check_size(const std::string& path, const std::vector<std::int64_t>& dims, std::uint64_t most) {
  const std::string shape = describe(dims);
  std::uint64_t size = 1;
  for (const std::int64_t dim : dims) {
    if (dim == 0) {
      detail::fail("read_idx: %s holds an empty array (%s), but every axis needs at least one element; check what the "
                   "file holds",
                   path.c_str(), shape.c_str());
    }
    if (__builtin_mul_overflow(size, static_cast<std::uint64_t>(dim), &size) || size > most) {
      detail::fail(
          "read_idx: %s claims to hold %s bytes, but a file of its size can hold at most %llu; it is truncated "
          "or damaged, fetch it again",
          path.c_str(), shape.c_str(), static_cast<unsigned long long>(most));
    }
  }
  return size;
}

} // namespace

IdxArray read_idx(const std::string& path) {
  Reader reader(path);
  std::uint8_t header[4 + 4 * 4]{};
  std::size_t got = reader.read(header, 4);
  if (got < 4) {
    detail::fail(
        "read_idx: %s is no idx file: expected a header of at least 8 bytes, but it has %zu; check what the file holds",
        path.c_str(), got);
  }
  const unsigned rank = check_magic(path, header);
  got += reader.read(header + 4, std::size_t{4} * rank);
  if (got < 4 + std::size_t{4} * rank) {
    detail::fail("read_idx: %s is truncated: expected a header of %u bytes, but it has %zu; fetch the file again",
                 path.c_str(), 4 + 4 * rank, got);
  }
  IdxArray array;
  for (unsigned i = 0; i < rank; ++i) {
    array.dims.push_back(big_endian(header + 4 + std::size_t{4} * i));
  }
  const auto size = static_cast<std::size_t>(check_size(path, array.dims, reader.most_content()));
  std::size_t done = 0;
  while (done < size) {
    // Twice what has been seen: a damaged header cannot make it take all memory.
    array.bytes.resize(std::min(size, std::max<std::size_t>(2 * done, 1U << 20U)));
    const std::size_t wanted = array.bytes.size() - done;
    const std::size_t now = reader.read(array.bytes.data() + done, wanted);
    done += now;
    if (now < wanted) {
      detail::fail("read_idx: %s is truncated: expected %zu bytes (%s) after the header, but %zu came; fetch the file "
                   "again",
                   path.c_str(), size, describe(array.dims).c_str(), done);
    }
  }
  // Also makes zlib check the checksum at the end of compressed data.
  std::uint8_t beyond = 0;
  if (reader.read(&beyond, 1) != 0) {
    detail::fail(
        "read_idx: %s goes on after the %zu bytes (%s) that its header announces; it is damaged or another kind "
        "of file, fetch it again",
        path.c_str(), size, describe(array.dims).c_str());
  }
  return array;
}

} // namespace cleave
