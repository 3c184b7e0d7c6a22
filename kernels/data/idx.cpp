// SPDX-License-Identifier: Apache-2.0
#include "byte_reader.hpp"

#include <cleave/data/idx.hpp>

#include <algorithm>

namespace cleave {
namespace detail::idx {

inline std::uint32_t big_endian(const std::uint8_t* from) {
  return (std::uint32_t{from[0]} << 24U) | (std::uint32_t{from[1]} << 16U) | (std::uint32_t{from[2]} << 8U) | from[3];
}

/// The name of an element type code, or null.
inline const char* type_name(unsigned code) {
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
inline unsigned check_magic(const std::string& path, const std::uint8_t* magic) {
  if (magic[0] != 0 || magic[1] != 0 || type_name(magic[2]) == nullptr) {
    fail("read_idx: %s is no idx file: expected it to begin with the bytes 00 00 08, but it begins with "
         "%02x %02x %02x; check what the file holds",
         path.c_str(), magic[0], magic[1], magic[2]);
  }
  if (magic[2] != 0x08) {
    fail("read_idx: %s holds %s, but only unsigned bytes (type 08) can be read; convert the file", path.c_str(),
         type_name(magic[2]));
  }
  if (magic[3] < 1 || magic[3] > 4) {
    fail("read_idx: %s claims to have %u axes, but an array of 1 to 4 axes is expected; check what the file holds",
         path.c_str(), static_cast<unsigned>(magic[3]));
  }
  return magic[3];
}

/// "60000 x 28 x 28"
inline std::string describe(const std::vector<std::int64_t>& dims) {
  std::string text;
  for (const std::int64_t dim : dims) {
    text += text.empty() ? "" : " x ";
    text += std::to_string(dim);
  }
  return text;
}

/// Number of bytes that the header promises, which the file must be able to hold.
inline std::uint64_t check_size(const std::string& path, const std::vector<std::int64_t>& dims, std::uint64_t most) {
  const std::string shape = describe(dims);
  std::uint64_t size = 1;
  for (const std::int64_t dim : dims) {
    if (dim == 0) {
      fail("read_idx: %s holds an empty array (%s), but every axis needs at least one element; check what the "
           "file holds",
           path.c_str(), shape.c_str());
    }
    if (__builtin_mul_overflow(size, static_cast<std::uint64_t>(dim), &size) || size > most) {
      fail("read_idx: %s claims to hold %s bytes, but a file of its size can hold at most %llu; it is truncated "
           "or damaged, fetch it again",
           path.c_str(), shape.c_str(), static_cast<unsigned long long>(most));
    }
  }
  return size;
}

} // namespace detail::idx

CLEAVE_INLINE IdxArray read_idx(const std::string& path) {
  detail::ByteReader reader(path);
  std::uint8_t header[4 + 4 * 4]{};
  std::size_t got = reader.read(header, 4);
  if (got < 4) {
    detail::fail(
        "read_idx: %s is no idx file: expected a header of at least 8 bytes, but it has %zu; check what the file holds",
        path.c_str(), got);
  }
  const unsigned rank = detail::idx::check_magic(path, header);
  got += reader.read(header + 4, std::size_t{4} * rank);
  if (got < 4 + std::size_t{4} * rank) {
    detail::fail("read_idx: %s is truncated: expected a header of %u bytes, but it has %zu; fetch the file again",
                 path.c_str(), 4 + 4 * rank, got);
  }
  IdxArray array;
  for (unsigned i = 0; i < rank; ++i) {
    array.dims.push_back(detail::idx::big_endian(header + 4 + std::size_t{4} * i));
  }
  const auto size = static_cast<std::size_t>(detail::idx::check_size(path, array.dims, reader.most_content()));
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
                   path.c_str(), size, detail::idx::describe(array.dims).c_str(), done);
    }
  }
  // Also makes zlib check the checksum at the end of compressed data.
  std::uint8_t beyond = 0;
  if (reader.read(&beyond, 1) != 0) {
    detail::fail(
        "read_idx: %s goes on after the %zu bytes (%s) that its header announces; it is damaged or another kind "
        "of file, fetch it again",
        path.c_str(), size, detail::idx::describe(array.dims).c_str());
  }
  return array;
}

} // namespace cleave
