// SPDX-License-Identifier: Apache-2.0
#include "instantiate.hpp"

#include <cleave/ops/strided.hpp>

#include <algorithm>
#include <cstring>

namespace cleave::kernels::inline CLEAVE_KERNELS {
namespace moves {

struct Loop {
  extent count;
  extent from;
  extent to;
};

template <class Word>
void copy_run(Word* to, const Word* from, const Loop& loop) {
  if (loop.from == 1 && loop.to == 1) {
    // runs are often a few elements long, for which a call costs more than the copy
    if (loop.count < 16) {
      for (extent i = 0; i < loop.count; ++i) {
        to[i] = from[i];
      }
    } else {
      std::memcpy(to, from, static_cast<std::size_t>(loop.count) * sizeof(Word));
    }
  } else if (loop.from == 0 && loop.to == 1) {
    std::fill_n(to, loop.count, *from);
  } else if (loop.to == 1) {
    for (extent i = 0; i < loop.count; ++i) {
      to[i] = from[i * loop.from];
    }
  } else {
    for (extent i = 0; i < loop.count; ++i) {
      to[i * loop.to] = from[i * loop.from];
    }
  }
}

// Two loops of which the outer is dense in the operand and the inner in the result: in squares, so that every cache
// line is used up before it goes.
template <class Word>
void copy_crossed(Word* to, const Word* from, const Loop& outer, const Loop& inner) {
  constexpr extent side = 64 / static_cast<extent>(sizeof(Word)) * 2;
  for (extent i = 0; i < outer.count; i += side) {
    const extent rows = std::min(side, outer.count - i);
    for (extent j = 0; j < inner.count; j += side) {
      const extent columns = std::min(side, inner.count - j);
      for (extent r = i; r < i + rows; ++r) {
        Word* const row = to + r * outer.to + j * inner.to;
        const Word* const column = from + r * outer.from + j * inner.from;
        for (extent c = 0; c < columns; ++c) {
          row[c * inner.to] = column[c * inner.from];
        }
      }
    }
  }
}

template <class Word>
void copy_loops(Word* to, const Word* from, const Loop* loops, int count) {
  if (count == 0) {
    *to = *from;
  } else if (count == 1) {
    copy_run(to, from, loops[0]);
  } else if (count == 2 && loops[0].from == 1 && loops[1].from != 1) {
    copy_crossed(to, from, loops[0], loops[1]);
  } else {
    for (extent i = 0; i < loops[0].count; ++i) {
      copy_loops(to + i * loops[0].to, from + i * loops[0].from, loops + 1, count - 1);
    }
  }
}

template <class Word>
void copy_by(Word* to, const Word* from, const KernelArguments& call) {
  Loop loops[max_rank];
  const int count = static_cast<int>(call.sizes[0]);
  for (int i = 0; i < count; ++i) {
    loops[i] = {call.sizes[1 + 3 * i], call.sizes[2 + 3 * i], call.sizes[3 + 3 * i]};
  }
  // The loop that is dense in the operand becomes the last but one, where squares of the two are copied. (Loops of a
  // copy may run in any order.)
  if (count > 2 && loops[count - 1].from != 1) {
    for (int i = 0; i < count - 2; ++i) {
      if (loops[i].from == 1) {
        std::rotate(loops + i, loops + i + 1, loops + count - 1);
        break;
      }
    }
  }
  copy_loops(to, from, loops, count);
}

} // namespace moves

template <class Word>
void strided_copy(std::byte* const* arenas, const KernelArguments& call) {
  moves::copy_by(call.result<Word>(arenas), call.operand<Word>(arenas, 1) + call.sizes[detail::offset_slot], call);
}

template <class T>
void strided_place(std::byte* const* arenas, const KernelArguments& call) {
  T* const to = call.result<T>(arenas);
  std::fill_n(to, static_cast<extent>(call.numbers[1]), static_cast<T>(call.numbers[0]));
  moves::copy_by(to + call.sizes[detail::offset_slot], call.operand<T>(arenas, 1), call);
}

template <class Word>
void join_rows(std::byte* const* arenas, const KernelArguments& call) {
  const int pieces = static_cast<int>(call.sizes[0]);
  const extent rows = call.sizes[1];
  extent width = 0;
  for (int k = 0; k < pieces; ++k) {
    width += call.sizes[2 + k];
  }
  Word* to = call.result<Word>(arenas);
  for (int k = 0; k < pieces; ++k) {
    const extent run = call.sizes[2 + k];
    const Word* const from = call.operand<Word>(arenas, 1 + k);
    for (extent r = 0; r < rows; ++r) {
      moves::copy_run(to + r * width, from + r * run, {run, 1, 1});
    }
    to += run;
  }
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS

CLEAVE_INSTANTIATE(strided_copy, std::uint8_t, std::uint32_t, std::uint64_t)
CLEAVE_INSTANTIATE(strided_place, float, double, std::int32_t, std::int64_t, std::uint8_t)
CLEAVE_INSTANTIATE(join_rows, std::uint8_t, std::uint32_t, std::uint64_t)
