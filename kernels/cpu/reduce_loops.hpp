// SPDX-License-Identifier: Apache-2.0
// The walk that all reductions share. The innermost loop is a run of neighbours: if it is reduced, each result is made
// from rows (reduce_rows.hpp); if it is kept, many results are made at once, row under row (reduce_columns.hpp).
#pragma once

#include <cleave/ops/reduce_op.hpp>

#include <algorithm>

namespace cleave::kernels::inline CLEAVE_KERNELS::folds {

struct ReducedLoop {
  extent count;
  extent stride;
};

struct ReducePlan {
  ReducedLoop kept[max_rank + 1]{};
  ReducedLoop reduced[max_rank + 1]{};
  int kept_count = 0; // both without the run
  int reduced_count = 0;
  extent run = 1;
  bool run_is_reduced = true;
  extent elements = 1; ///< of the operand
  extent results = 1;
  extent grain = 0; ///< rows of the first loop; 0: no grains
  extent first_row = 0;

  explicit ReducePlan(const KernelArguments& call) {
    const int loops = static_cast<int>(call.sizes[0]);
    ReducedLoop all[max_rank + 1]{};
    for (int i = loops - 1; i >= 0; --i) {
      all[i] = {call.sizes[1 + i], elements};
      elements *= all[i].count;
    }
    const auto is_reduced = [&call](int i) { return ((call.masks[0] >> i) & 1) != 0; };
    for (int i = 0; i < loops; ++i) {
      results *= is_reduced(i) ? 1 : all[i].count;
    }
    for (int i = 0; i + 1 < loops; ++i) {
      if (is_reduced(i)) {
        reduced[reduced_count++] = all[i];
      } else {
        kept[kept_count++] = all[i];
      }
    }
    if (loops > 0) {
      run = all[loops - 1].count;
      run_is_reduced = is_reduced(loops - 1);
    }
    grain = call.sizes[1 + loops];
    first_row = call.sizes[2 + loops];
  }

  /// Rows of the first loop that is reduced, which grains cut.
  [[nodiscard]] extent rows() const { return reduced_count > 0 ? reduced[0].count : run; }
  /// The plan of `count` of those rows, for elements that begin `skipped(row)` behind.
  [[nodiscard]] ReducePlan of_rows(extent count) const {
    ReducePlan part = *this;
    (reduced_count > 0 ? part.reduced[0].count : part.run) = count;
    return part;
  }
  [[nodiscard]] extent skipped(extent row) const { return row * (reduced_count > 0 ? reduced[0].stride : 1); }

  /// Where elements begin at position `i` of all kept loops but the last `inner`.
  [[nodiscard]] extent offset_of(extent i, int inner) const {
    extent offset = 0;
    for (int loop = kept_count - inner - 1; loop >= 0; --loop) {
      offset += i % kept[loop].count * kept[loop].stride;
      i /= kept[loop].count;
    }
    return offset;
  }
  /// Elements of one result.
  [[nodiscard]] extent depth() const { return results > 0 ? elements / results : 0; }
};

/// Some neighbouring results that are made together.
struct Tile {
  extent offset; ///< of the first one's elements
  extent first;
  extent count;
};

/// Results in lines (of the innermost kept loop) and lines in tiles.
struct TileGrid {
  int inner;       ///< kept loops that make a line, besides the run
  extent line;     ///< results
  extent width;    ///< results a tile, but for a line's last
  extent distance; ///< between the elements of neighbouring results

  [[nodiscard]] extent tiles_per_line() const { return (line + width - 1) / width; }
  [[nodiscard]] extent count(const ReducePlan& plan) const {
    return line > 0 ? plan.results / line * tiles_per_line() : 0;
  }
  [[nodiscard, gnu::always_inline]] Tile at(const ReducePlan& plan, extent tile) const {
    const extent per_line = tiles_per_line();
    const extent row = tile < per_line ? 0 : tile / per_line; // mostly there is one line: division is slow
    const extent first = (tile - row * per_line) * width;
    return {(row == 0 ? 0 : plan.offset_of(row, inner)) + first * distance, row * line + first,
            std::min(width, line - first)};
  }
};

/// Calls `visit(offset)` at every position of nested loops, in row-major order.
template <class Visit>
void visit_loops(const ReducedLoop* loops, int count, extent offset, Visit& visit) {
  if (count == 0) {
    visit(offset);
    return;
  }
  for (extent i = 0; i < loops[0].count; ++i) {
    visit_loops(loops + 1, count - 1, offset + i * loops[0].stride, visit);
  }
}

// A float that has grown large no longer notices small numbers, and the roundings of equal ones all go one way. So so
// many elements are added in a register before they join an accumulator, and so many to an accumulator before it joins
// the whole, which is wider.
inline constexpr extent turn_depth = 16;
inline constexpr extent block_depth = 256;

// Accumulators side by side, enough chains to hide the latency of an add; fixed, so that the order of operations is the
// same for every width of registers. A short row has the narrow number.
template <class A>
inline constexpr extent wide = 512 / static_cast<extent>(sizeof(A));
template <class A>
inline constexpr extent narrow = 64 / static_cast<extent>(sizeof(A));

} // namespace cleave::kernels::inline CLEAVE_KERNELS::folds
