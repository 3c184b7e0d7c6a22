// SPDX-License-Identifier: Apache-2.0
// A chain of elementwise operations as one type: a flat list of statements, run by one loop. Eager expressions and
// the kernels of a compiled graph are both this type. It holds integers and operation types only, so that it may be
// a template argument of a `__global__` function; it never holds an extent, so that slices of any size share it.
#pragma once

#include <cleave/base/config.hpp>

#include <utility>

// The loop of a fused chain is what programs spend their time in: everything it calls is inlined, without which there
// is no vector code. At -O2 g++ 12 makes vector code of few loops, hence its attribute; and what it fuses of products
// and sums it might fuse in vectors and not in the rest of a loop, so that an element's bits would depend on its place.
#if defined(__OPTIMIZE__) && defined(__GNUC__) && !defined(__CUDACC__)
#if defined(__clang__)
#define CLEAVE_HOT_LOOP __attribute__((flatten))
#else
#define CLEAVE_HOT_LOOP __attribute__((flatten, optimize("O3", "-ffp-contract=off")))
#endif
#else
#define CLEAVE_HOT_LOOP
#endif
#if defined(__OPTIMIZE__)
#define CLEAVE_HOT_STEP CLEAVE_HOST_DEVICE __attribute__((always_inline))
#else
#define CLEAVE_HOT_STEP CLEAVE_HOST_DEVICE
#endif

namespace cleave {

/// One statement of a fused chain: `Op::apply` on operands that are earlier statements (0, 1, ...) or leaves
/// (-1 is leaf 0, -2 leaf 1, ...).
template <class Op, int... Operands>
struct Statement {
  using op = Op;
};

/// How a leaf is read along the innermost loop.
enum LeafMode : unsigned char {
  leaf_repeat = 0, ///< the same element for the whole inner loop
  leaf_unit = 1,   ///< neighbouring elements
  leaf_stride = 2, ///< elements a run-time stride apart
  leaf_number = 3, ///< no memory: a number carried in the arguments
};

/// One LeafMode a leaf.
template <int... Mode>
struct Leaves {
  static constexpr int count = sizeof...(Mode);
};

/// A fused chain with elements of type T; the last statement is the result. A chain without statements copies leaf 0.
template <class T, class LeafModes, class... Statements>
struct Fused;

namespace detail {

inline constexpr int max_leaves = 12;
inline constexpr int max_statements = 32;
/// Loops left after neighbouring axes that every operand walks alike are merged.
inline constexpr int max_loops = max_rank;

/// The loops around a fused chain: extents and strides in elements, outermost first, innermost last.
struct LoopNest {
  int loops = 0;
  extent extents[max_loops]{};
  extent out_strides[max_loops]{};
  extent leaf_strides[max_leaves][max_loops]{};
};

template <class T, int Mode>
CLEAVE_HOT_STEP inline T load_leaf(const T* leaf, extent i, extent stride, T number) {
  if constexpr (Mode == leaf_number) {
    return number;
  } else if constexpr (Mode == leaf_repeat) {
    return *leaf;
  } else if constexpr (Mode == leaf_unit) {
    return leaf[i];
  } else {
    return leaf[i * stride];
  }
}

template <class Op, int... Operand, class T>
CLEAVE_HOT_STEP constexpr T run_statement(Statement<Op, Operand...> /*what*/, const T* statements, const T* leaves) {
  return Op::apply((Operand >= 0 ? statements[Operand >= 0 ? Operand : 0] : leaves[Operand < 0 ? -1 - Operand : 0])...);
}

template <class F>
struct RunFused;

template <class T, int... Mode, class... Statements>
struct RunFused<Fused<T, Leaves<Mode...>, Statements...>> {
  static constexpr int leaf_count = sizeof...(Mode);
  static_assert(leaf_count <= max_leaves && sizeof...(Statements) <= max_statements,
                "fused chain: too many leaves or statements; evaluate a part of the expression into a tensor first");

  /// Element `i` of an inner loop whose leaves start at `leaf`.
  template <int... K, int... S>
  CLEAVE_HOT_STEP static T element(const T* const* leaf, const extent* stride, const T* number, extent i,
                                   std::integer_sequence<int, K...> /*leaves*/,
                                   std::integer_sequence<int, S...> /*statements*/) {
    const T leaves[sizeof...(Mode)] = {load_leaf<T, Mode>(leaf[K], i, stride[K], number[K])...};
    if constexpr (sizeof...(Statements) == 0) {
      return leaves[0];
    } else {
      T values[sizeof...(Statements)];
      ((values[S] = run_statement(Statements{}, values, leaves)), ...);
      return values[sizeof...(Statements) - 1];
    }
  }

  CLEAVE_HOT_STEP static T element(const T* const* leaf, const extent* stride, const T* number, extent i) {
    return element(leaf, stride, number, i, std::make_integer_sequence<int, leaf_count>{},
                   std::make_integer_sequence<int, static_cast<int>(sizeof...(Statements))>{});
  }

#if defined(__clang__) // a loop that calls tanh stays a loop; users need not hear of it
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpass-failed"
#endif
  /// Runs the whole nest. `out` may be one of the leaves (same elements in the same order); other overlap is the
  /// caller's to exclude.
  CLEAVE_HOT_LOOP
  static void run(T* out, const T* const* leaf, const T* number, const LoopNest& nest) {
    const int inner = nest.loops - 1;
    const extent count = inner < 0 ? 1 : nest.extents[inner];
    const extent out_stride = inner < 0 ? 1 : nest.out_strides[inner];
    const T* at[sizeof...(Mode)];
    extent stride[sizeof...(Mode)];
    T numbers[sizeof...(Mode)];
    for (int k = 0; k < leaf_count; ++k) {
      at[k] = leaf[k];
      stride[k] = inner < 0 ? 0 : nest.leaf_strides[k][inner];
      numbers[k] = number[k];
    }
    extent index[max_loops] = {};
    for (;;) {
      if (out_stride == 1) {
        CLEAVE_INDEPENDENT
        for (extent i = 0; i < count; ++i) {
          out[i] = element(at, stride, numbers, i);
        }
      } else {
        CLEAVE_INDEPENDENT
        for (extent i = 0; i < count; ++i) {
          out[i * out_stride] = element(at, stride, numbers, i);
        }
      }
      int axis = inner - 1;
      for (; axis >= 0; --axis) {
        out += nest.out_strides[axis];
        for (int k = 0; k < leaf_count; ++k) {
          at[k] += nest.leaf_strides[k][axis];
        }
        if (++index[axis] < nest.extents[axis]) {
          break;
        }
        out -= nest.extents[axis] * nest.out_strides[axis];
        for (int k = 0; k < leaf_count; ++k) {
          at[k] -= nest.extents[axis] * nest.leaf_strides[k][axis];
        }
        index[axis] = 0;
      }
      if (axis < 0) {
        return;
      }
    }
  }
#if defined(__clang__)
#pragma clang diagnostic pop
#endif
};

/// Merges neighbouring loops that every operand walks as one; decides from strides and extents.
constexpr LoopNest merge_loops(const LoopNest& nest, int leaves) {
  LoopNest merged;
  for (int i = 0; i < nest.loops; ++i) {
    if (nest.extents[i] == 1) {
      continue;
    }
    bool joins = merged.loops > 0;
    const int last = merged.loops - 1;
    if (joins) {
      joins = merged.out_strides[last] == nest.out_strides[i] * nest.extents[i];
      for (int k = 0; k < leaves; ++k) {
        joins = joins && merged.leaf_strides[k][last] == nest.leaf_strides[k][i] * nest.extents[i];
      }
    }
    const int to = joins ? last : merged.loops++;
    merged.extents[to] = joins ? merged.extents[to] * nest.extents[i] : nest.extents[i];
    merged.out_strides[to] = nest.out_strides[i];
    for (int k = 0; k < leaves; ++k) {
      merged.leaf_strides[k][to] = nest.leaf_strides[k][i];
    }
  }
  return merged;
}

} // namespace detail
} // namespace cleave
