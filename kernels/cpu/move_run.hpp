// SPDX-License-Identifier: Apache-2.0
// Copies of runs: elements one after another in the result, at any distance in the operand.
#pragma once

#include "vector.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace cleave::kernels::inline CLEAVE_ISA::moves {

/// Copies of more bytes than this, read and written, go past the caches where they can: a line that is written whole
/// need not be read first.
inline constexpr extent beyond_caches = 24 << 20;

/// Many runs of one length, `to` and `from` apart.
struct Runs {
  extent count;
  extent to;
  extent from;
  extent run;
};

/// `Size` bytes as one value. (Bytes that are copied by memcpy move in smaller pieces than registers.)
template <int Size>
struct Piece {
  using type [[gnu::vector_size(Size)]] = std::uint64_t;
};
template <>
struct Piece<8> {
  using type = std::uint64_t;
};
template <>
struct Piece<4> {
  using type = std::uint32_t;
};
template <int Size>
[[gnu::always_inline]] inline void copy_piece(std::byte* to, const std::byte* from) {
  typename Piece<Size>::type value;
  std::memcpy(&value, from, Size);
  std::memcpy(to, &value, Size);
}

/// Runs of [Size, 2 Size) bytes, each by two registers that overlap.
template <int Size>
void copy_runs_of(std::byte* to, const std::byte* from, const Runs& runs) {
  const extent second = runs.run - Size;
  for (extent r = 0; r < runs.count; ++r, to += runs.to, from += runs.from) {
    copy_piece<Size>(to, from);
    copy_piece<Size>(to + second, from + second);
  }
}

/// All in bytes. Runs are often a few elements long, for which a call of memcpy costs more than the copy, and so does a
/// loop over what is left of a register.
inline void copy_runs(std::byte* to, const std::byte* from, const Runs& runs) {
  constexpr extent long_run = 1024;
  const extent run = runs.run;
  if (run >= long_run) {
    for (extent r = 0; r < runs.count; ++r) {
      std::memcpy(to + r * runs.to, from + r * runs.from, static_cast<std::size_t>(run));
    }
  } else if (run >= 64) {
    for (extent r = 0; r < runs.count; ++r, to += runs.to, from += runs.from) {
      for (extent i = 0; i + 64 < run; i += 64) {
        copy_piece<64>(to + i, from + i);
        asm volatile("" ::: "memory"); // or g++ takes the loop for a memcpy, and that for `rep movs`
      }
      copy_piece<64>(to + run - 64, from + run - 64);
    }
  } else if (run >= 32) {
    copy_runs_of<32>(to, from, runs);
  } else if (run >= 16) {
    copy_runs_of<16>(to, from, runs);
  } else if (run >= 8) {
    copy_runs_of<8>(to, from, runs);
  } else if (run >= 4) {
    copy_runs_of<4>(to, from, runs);
  } else {
    for (extent r = 0; r < runs.count; ++r) {
      for (extent i = 0; i < run; ++i) {
        to[r * runs.to + i] = from[r * runs.from + i];
      }
    }
  }
}

/// One run, likewise.
[[gnu::always_inline]] inline void copy_run(std::byte* to, const std::byte* from, extent run) {
  copy_runs(to, from, {1, 0, 0, run});
}

/// A register past the caches, where the instruction set has a way, to where registers are aligned.
[[gnu::always_inline]] inline void stream_register(std::byte* to, Vector<float> value) {
#if defined(__clang__)
  __builtin_nontemporal_store(value, reinterpret_cast<Vector<float>*>(to));
#elif defined(__AVX512F__)
  __builtin_ia32_movntps512(reinterpret_cast<float*>(to), value);
#elif defined(__AVX__)
  __builtin_ia32_movntps256(reinterpret_cast<float*>(to), value);
#elif defined(__SSE2__)
  __builtin_ia32_movntps(reinterpret_cast<float*>(to), value);
#else
  store(reinterpret_cast<float*>(to), value);
#endif
}

/// 64 aligned bytes, likewise.
[[gnu::always_inline]] inline void stream_line(std::byte* to, const std::byte* from) {
  for (int i = 0; i < 64; i += register_bytes) {
    stream_register(to + i, load(reinterpret_cast<const float*>(from + i)));
  }
}

/// What was streamed before is seen by other threads before anything that is written after.
inline void end_stream() {
#if defined(__SSE2__)
  __builtin_ia32_sfence();
#endif
}

/// `size` bytes; whole lines go past the caches.
inline void stream_run(std::byte* to, const std::byte* from, extent size) {
  const auto misaligned = static_cast<extent>(reinterpret_cast<std::uintptr_t>(to) % 64);
  const extent head = std::min(size, (64 - misaligned) % 64);
  std::memcpy(to, from, static_cast<std::size_t>(head));
  extent i = head;
  for (; i + 64 <= size; i += 64) {
    stream_line(to + i, from + i);
  }
  std::memcpy(to + i, from + i, static_cast<std::size_t>(size - i));
}

/// A run with any strides, in elements.
template <class Word>
void copy_strided_run(Word* to, extent to_stride, const Word* from, extent from_stride, extent count) {
  // strides that the compiler knows are vectorised
  if (to_stride != 1) {
    for (extent i = 0; i < count; ++i) {
      to[i * to_stride] = from[i * from_stride];
    }
  } else if (from_stride == 0) {
    std::fill_n(to, count, *from);
  } else if (from_stride == -1) {
    for (extent i = 0; i < count; ++i) {
      to[i] = from[-i];
    }
  } else if (from_stride == 2) {
    for (extent i = 0; i < count; ++i) {
      to[i] = from[2 * i];
    }
  } else {
    for (extent i = 0; i < count; ++i) {
      to[i] = from[i * from_stride];
    }
  }
}

} // namespace cleave::kernels::inline CLEAVE_ISA::moves
