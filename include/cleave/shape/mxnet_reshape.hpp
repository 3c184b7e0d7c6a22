// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/config.hpp>

namespace cleave {

/// What the codes of MXNet's Reshape make of a shape; not valid where they do not fit it.
struct CodedShape {
  bool is_valid = false;
  int rank = 0;
  extent extents[max_rank]{};
};

/// MXNet's reshape codes: a positive number is an extent; 0 takes the next one of `shape`; -1 is what is left over
/// (once); -2 takes all that remain; -3 joins the next two; -4, followed by two extents of which one may be -1, splits
/// the next. With `reverse` both lists are read from their ends.
constexpr CodedShape mxnet_reshape(const extent* shape, int rank, const extent* codes, int count,
                                   bool reverse = false) {
  CodedShape made;
  int source = 0;     // the next extent of `shape`
  int left_over = -1; // where -1 stands
  extent size = 1;
  for (int i = 0; i < rank; ++i) {
    size *= shape[i];
  }
  bool fits = true;
  const auto extent_at = [&](int i) {
    fits = fits && i < rank;
    return i < rank ? shape[reverse ? rank - 1 - i : i] : 1;
  };
  const auto code_at = [&](int i) {
    fits = fits && i < count;
    return i < count ? codes[reverse ? count - 1 - i : i] : 0;
  };
  const auto give = [&](extent one) {
    fits = fits && made.rank < max_rank;
    if (fits) {
      made.extents[made.rank++] = one;
    }
  };
  for (int i = 0; i < count && fits; ++i) {
    const extent code = code_at(i);
    if (code > 0) {
      give(code);
      ++source;
    } else if (code == 0) {
      give(extent_at(source++));
    } else if (code == -1) {
      fits = left_over < 0;
      left_over = made.rank;
      give(1);
      ++source;
    } else if (code == -2) {
      while (source < rank && fits) {
        give(extent_at(source++));
      }
    } else if (code == -3) {
      give(extent_at(source) * extent_at(source + 1));
      source += 2;
    } else if (code == -4) {
      const extent whole = extent_at(source++);
      extent first = code_at(++i);
      extent second = code_at(++i);
      fits = fits && (first > 0 || first == -1) && (second > 0 || second == -1) && (first > 0 || second > 0);
      if (fits && first == -1) {
        first = whole / second;
      } else if (fits && second == -1) {
        second = whole / first;
      }
      fits = fits && first * second == whole;
      give(first);
      give(second);
    } else {
      fits = false;
    }
  }
  extent known = 1;
  for (int i = 0; i < made.rank; ++i) {
    known *= made.extents[i];
  }
  if (fits && left_over >= 0 && known > 0) {
    made.extents[left_over] = size / known;
    known *= size / known;
  }
  made.is_valid = fits && known == size;
  for (int i = 0; reverse && i < made.rank / 2; ++i) {
    const extent other = made.extents[made.rank - 1 - i];
    made.extents[made.rank - 1 - i] = made.extents[i];
    made.extents[i] = other;
  }
  return made;
}

} // namespace cleave
