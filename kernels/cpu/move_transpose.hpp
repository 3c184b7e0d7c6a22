// SPDX-License-Identifier: Apache-2.0
// Transposing: rows of the operand become columns of the result, in squares that registers hold.
#pragma once

#include "move_run.hpp"

#include <utility>

namespace cleave::kernels::inline CLEAVE_ISA::moves {

/// A matrix of `rows` x `columns` words to be transposed: element (r, c) lies r * from + c behind the operand's first,
/// and goes c * to + r behind the result's.
struct Crossing {
  extent rows = 0;
  extent columns = 0;
  extent from = 0;
  extent to = 0;
  extent ahead = 0; ///< if not 0: words between the operand's first and one that is read soon
};

inline constexpr int quarter = 16; // bytes of a register within which the cheapest shuffles move words

/// A register of `Bytes` bytes and the square of as many of them as it has words.
template <class Word, int Bytes>
struct Square {
  static constexpr int side = Bytes / static_cast<int>(sizeof(Word));
  using Row [[gnu::vector_size(Bytes)]] = Word;

private:
  static constexpr int width = quarter / static_cast<int>(sizeof(Word)); // words a quarter
  static constexpr int quarters = Bytes / quarter;
  using Sequence = std::make_integer_sequence<int, side>;

  /// Blocks of `Block` words of the lower (or upper) half of every quarter, of a and b in turn.
  template <int Block, int Upper, int... At>
  static Row zip(const Row& a, const Row& b, std::integer_sequence<int, At...> /*lanes*/) {
    return __builtin_shufflevector(a, b,
                                   (At / width * width + Upper * (width / 2) + At % width / (2 * Block) * Block +
                                    At % Block + At / Block % 2 * side)...);
  }
  /// Every other quarter of a and b one after another.
  template <int First, int... At>
  static Row unzip(const Row& a, const Row& b, std::integer_sequence<int, At...> /*lanes*/) {
    return __builtin_shufflevector(a, b, ((At / width * 2 + First) * width + At % width)...);
  }

  /// Squares of a quarter's side, one in each quarter. Of pairs `Block` rows apart, ever larger blocks change places.
  template <int Block = 1>
  [[gnu::always_inline]] static void cross_quarters(Row* rows) {
    if constexpr (Block < width) {
      Row next[side];
#pragma GCC unroll 64
      for (int i = 0; i < side; i += 2 * Block) {
#pragma GCC unroll 64
        for (int k = 0; k < Block; ++k) {
          const Row a = rows[i + k];
          const Row b = rows[i + k + Block];
          next[i + 2 * k] = zip<Block, 0>(a, b, Sequence{});
          next[i + 2 * k + 1] = zip<Block, 1>(a, b, Sequence{});
        }
      }
#pragma GCC unroll 64
      for (int i = 0; i < side; ++i) {
        rows[i] = next[i];
      }
      cross_quarters<2 * Block>(rows);
    }
  }
  /// The square of quarters whose rows lie `width` apart, from row `first`.
  template <int Left = quarters>
  [[gnu::always_inline]] static void cross_rows(Row* rows, int first) {
    if constexpr (Left > 1) {
      Row next[quarters];
#pragma GCC unroll 64
      for (int i = 0; i < quarters / 2; ++i) {
        const Row a = rows[first + 2 * i * width];
        const Row b = rows[first + (2 * i + 1) * width];
        next[i] = unzip<0>(a, b, Sequence{});
        next[i + quarters / 2] = unzip<1>(a, b, Sequence{});
      }
#pragma GCC unroll 64
      for (int i = 0; i < quarters; ++i) {
        rows[first + i * width] = next[i];
      }
      cross_rows<Left / 2>(rows, first);
    }
  }

public:
  /// Reads `ahead` words further on soon, where that is not 0. `Streams`: writes past the caches.
  template <bool IsAhead, bool Streams = false>
  [[gnu::always_inline]] static void transpose(Word* to, extent to_stride, const Word* from, extent from_stride,
                                               extent ahead) {
    Row rows[side];
#pragma GCC unroll 64
    for (int i = 0; i < side; ++i) {
      std::memcpy(&rows[i], from, Bytes);
      if (IsAhead) {
        __builtin_prefetch(from + ahead);
      }
      from += from_stride;
    }
    cross_quarters(rows);
#pragma GCC unroll 64
    for (int i = 0; i < width; ++i) {
      cross_rows(rows, i);
    }
#pragma GCC unroll 64
    for (int i = 0; i < side; ++i) {
      if constexpr (Streams) {
        stream_register(reinterpret_cast<std::byte*>(to), __builtin_bit_cast(Vector<float>, rows[i]));
      } else {
        std::memcpy(to, &rows[i], Bytes);
      }
      to += to_stride;
    }
  }
};

/// By squares; the last of a side overlap the ones before.
template <class Word, int Bytes, bool IsAhead>
void cross_all_squares(Word* to, const Word* from, const Crossing& at) {
  using Block = Square<Word, Bytes>;
  constexpr extent side = Block::side;
  for (extent r = 0; r < at.rows; r += side) {
    const extent row = r + side <= at.rows ? r : at.rows - side;
    for (extent c = 0; c < at.columns; c += side) {
      const extent column = c + side <= at.columns ? c : at.columns - side;
      Block::template transpose<IsAhead>(to + column * at.to + row, at.to, from + row * at.from + column, at.from,
                                         at.ahead);
    }
  }
}

/// By squares whose rows are whole registers, written past the caches: whole and aligned lines of the result.
template <class Word>
void stream_squares(Word* to, const Word* from, const Crossing& at) {
  using Block = Square<Word, register_bytes>;
  for (extent c = 0; c < at.columns; c += Block::side) {
    for (extent r = 0; r < at.rows; r += Block::side) {
      Block::template transpose<true, true>(to + c * at.to + r, at.to, from + r * at.from + c, at.from, at.ahead);
    }
  }
}

template <class Word, int Bytes>
void cross_squares(Word* to, const Word* from, const Crossing& at) {
  if (at.ahead != 0) {
    cross_all_squares<Word, Bytes, true>(to, from, at);
  } else {
    cross_all_squares<Word, Bytes, false>(to, from, at);
  }
}

/// Few rows or few columns: the compiler knows how many, and shuffles them.
template <int Rows, class Word>
void cross_few_rows(Word* to, const Word* from, const Crossing& at) {
  if (at.to == Rows) { // nothing lies between, which is vectorised
    for (extent c = 0; c < at.columns; ++c) {
      for (extent r = 0; r < Rows; ++r) {
        to[c * Rows + r] = from[r * at.from + c];
      }
    }
    return;
  }
  for (extent c = 0; c < at.columns; ++c) {
    for (extent r = 0; r < Rows; ++r) {
      to[c * at.to + r] = from[r * at.from + c];
    }
  }
}
template <int Columns, class Word>
void cross_few_columns(Word* to, const Word* from, const Crossing& at) {
  for (extent c = 0; c < Columns; ++c) {
    if (at.from == Columns) {
      for (extent r = 0; r < at.rows; ++r) {
        to[c * at.to + r] = from[r * Columns + c];
      }
    } else {
      for (extent r = 0; r < at.rows; ++r) {
        to[c * at.to + r] = from[r * at.from + c];
      }
    }
  }
}

template <class Word>
void cross(Word* to, const Word* from, const Crossing& at) {
  const extent least = at.rows < at.columns ? at.rows : at.columns;
  constexpr extent word = sizeof(Word);
  if constexpr (word > 1 && register_bytes >= 64) {
    if (least >= 64 / word) {
      cross_squares<Word, 64>(to, from, at);
      return;
    }
  }
  if constexpr (word > 1 && register_bytes >= 32) {
    if (least >= 32 / word) {
      cross_squares<Word, 32>(to, from, at);
      return;
    }
  }
  if (least >= 16 / word) {
    cross_squares<Word, 16>(to, from, at);
    return;
  }
  if (at.rows == 2) {
    return cross_few_rows<2>(to, from, at);
  }
  if (at.rows == 3) {
    return cross_few_rows<3>(to, from, at);
  }
  if (at.columns == 2) {
    return cross_few_columns<2>(to, from, at);
  }
  if (at.columns == 3) {
    return cross_few_columns<3>(to, from, at);
  }
  for (extent c = 0; c < at.columns; ++c) {
    for (extent r = 0; r < at.rows; ++r) {
      to[c * at.to + r] = from[r * at.from + c];
    }
  }
}

} // namespace cleave::kernels::inline CLEAVE_ISA::moves
