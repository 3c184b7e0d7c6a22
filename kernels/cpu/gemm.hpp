// SPDX-License-Identifier: Apache-2.0
// Matrix products: register tiles over chunks of k, operands packed only where that pays.
//
// The bits of an element depend on its row of a, its column of b and k alone: products are added one by one within
// chunks of k, whose depth is a function of k, and chunks one after another (or grains in their tree). Neither the tile
// that an element falls into, nor the register's width, nor packing changes that.
#pragma once

#include "gemm_few_rows.hpp"
#include "gemm_small.hpp"
#include "gemm_tile.hpp"
#include "pack.hpp"
#include "parallel.hpp"

#include <cleave/device/scratch.hpp>

#include <utility>

namespace cleave::kernels::inline CLEAVE_ISA {
namespace gemm {

/// Panels of b that are packed together and multiplied by one strip of a after another: panels in a cache of the second
/// level, the strip in the first.
inline constexpr int most_panels = 4;
/// Rows of a for which a panel of b is packed once.
inline constexpr extent block_rows = 1024;

template <class T, class Stored>
class Multiply {
public:
  /// `turned`: the product's a and b have changed places, and its sums are the result's transpose.
  explicit Multiply(const Product<T, Stored>& product, bool turned)
      : p_(product), result_{p_.out, p_.out_row, p_.root, &p_.epilogue, nullptr, turned} {
    if (!std::is_same_v<T, Stored> || !p_.epilogue.is_plain()) {
      result_.finish = pick_finish<T, Stored>(p_.epilogue);
    }
    const extent registers = ceil(p_.n, lanes);
    vectors_ = registers < 2 ? 1 : 2;
    for (int wider = 4; wider <= 8; wider *= 2) {
      vectors_ = registers >= wider && p_.m <= tile_rows(wider) ? wider : vectors_;
    }
    const extent most = tile_rows(vectors_);
    if (p_.m > most) {
      strips_ = ceil(p_.m, most);
      strip_rows_ = p_.m / strips_;
      taller_ = p_.m % strips_;
    } else {
      strip_rows_ = p_.m;
    }
    chunk_ = p_.k > 0 ? p_.k : 1;
    if (p_.grain > 0) {
      walk_ = Walk::over({p_.grain, p_.first_row, p_.k});
      levels_ = waiting_levels(aligned_block(0, walk_.last - walk_.first));
      for (chunk_ = p_.grain; 2 * chunk_ <= most_depth; chunk_ *= 2) {
        ++near_levels_;
      }
      near_levels_ = near_levels_ < levels_ ? near_levels_ : levels_;
    } else if (p_.k > most_depth) {
      chunk_ = chunk_of(p_.k);
      levels_ = 1;
    }
    one_chunk_ = depth_of(0) == p_.k;
    is_far_ = p_.m * p_.n * static_cast<extent>(sizeof(T)) > near_bytes / 4;
    const bool far_apart = chunk_ * p_.b_row * static_cast<extent>(sizeof(T)) >= near_bytes;
    pack_b_ = !std::is_same_v<T, Stored> || p_.transpose_b || (far_apart && strips_ >= 4);
  }

  void run() const {
    if (p_.m * p_.n * p_.k <= unshared_work) {
      run_block(0, strips_, 0, p_.n);
      return;
    }
    const extent width = vectors_ * lanes;
    const extent across = ceil(p_.n, width);
    const extent blocks = p_.m > block_rows ? ceil(p_.m, block_rows) : 1;
    const extent block_strips = ceil(strips_, blocks);
    const extent rows = ceil(p_.m, blocks);
    const extent bytes = static_cast<extent>(sizeof(Stored)) * (rows * (width + p_.k) + p_.k * width);
    const Cost cost{2. * static_cast<double>(rows * width * p_.k), static_cast<double>(bytes)};
    for_tiles(blocks * across, cost, [&](extent first, extent last) {
      while (first < last) {
        const extent block = first / across;
        const extent from = first - block * across;
        extent to = last - block * across;
        to = to < across ? to : across;
        const extent end = (block + 1) * block_strips;
        run_block(block * block_strips, end < strips_ ? end : strips_, from * width,
                  to * width < p_.n ? to * width : p_.n);
        first += to - from;
      }
    });
  }

private:
  static constexpr extent lanes = Lanes<T>::count;
  static constexpr bool packs_a = !std::is_same_v<T, Stored>;
  /// Columns whose sums may wait between chunks at once; where a is packed, many share what it takes.
  static constexpr extent block_columns = packs_a ? 1024 : 256;

  [[nodiscard]] extent row_of(extent strip) const { return strip * strip_rows_ + (strip < taller_ ? strip : taller_); }

  /// Elements that a thread needs for one block: packed a, packed b, what waits within a tile's chunk, one level of
  /// what waits between chunks; and all together.
  struct Room {
    extent a;
    extent b;
    extent near;
    extent level;
    extent all;
  };
  [[nodiscard]] Room plan_room(extent rows, extent columns) const {
    const extent width = vectors_ * lanes;
    const extent padded = ceil(columns, lanes) * lanes;
    const extent a = packs_a ? ceil(rows * chunk_ + lanes, lanes) * lanes : 0;
    const bool packs_b = pack_b_ || (!fast_first_lanes && p_.n % lanes != 0);
    const extent b = packs_b ? panels_at_once() * chunk_ * width : 0;
    const extent near = width * tile_rows(vectors_) * near_levels_;
    const extent level = one_chunk_ ? 0 : rows * padded;
    return {a, b, near, level, a + b + near + (levels_ - near_levels_) * level};
  }

  /// Panels of b that are packed together, and multiplied by one strip of a after another.
  struct Panel {
    TileWork<T, Stored> work;
    int vectors = 0;
  };
  [[nodiscard]] int panels_at_once() const {
    if (!pack_b_ || strips_ == 1) {
      return 1;
    }
    return p_.transpose_a ? most_panels / 2 : most_panels; // rows of a^T share few sets of a cache
  }

  void run_block(extent first_strip, extent last_strip, extent first_column, extent last_column) const {
    const extent rows = row_of(last_strip) - row_of(first_strip);
    const extent most = one_chunk_ ? last_column - first_column : block_columns;
    const Room room = plan_room(rows, most < last_column - first_column ? most : last_column - first_column);
    const Scratch memory(static_cast<std::size_t>(room.all) * sizeof(T));
    for (extent j = first_column; j < last_column; j += most) {
      run_columns(first_strip, last_strip, j, last_column - j < most ? last_column : j + most, room, memory.as<T>());
    }
  }

  /// Of the chunk that begins with step l. Chunks of grains end where the tree of the whole batch has a node, so that
  /// what waits within a chunk waits in one tile only.
  [[nodiscard]] extent depth_of(extent l) const {
    const extent most = p_.grain > 0 ? chunk_ - (p_.first_row + l) % chunk_ : chunk_;
    return p_.k - l < most ? p_.k - l : most;
  }

  void run_columns(extent first_strip, extent last_strip, extent first_column, extent last_column, const Room& room,
                   T* memory) const {
    const extent first_row = row_of(first_strip);
    const extent rows = row_of(last_strip) - first_row;
    T* const packed_a = memory;
    T* const packed_b = memory + room.a;
    Panel panels[most_panels];
    Walk walk = walk_; // over grains
    extent l = 0;
    do {
      const extent depth = depth_of(l);
      if (p_.grain <= 0) {
        walk = Walk::over_chunks(chunk_, l == 0, l + depth == p_.k);
      }
      if constexpr (packs_a) {
        pack_a(packed_a, first_strip, last_strip, l, depth);
      }
      for (extent j = first_column; j < last_column;) {
        int count = 0; // panels whose tiles of one strip are computed one after another, while a's part is near
        for (; count < panels_at_once() && j < last_column; ++count) {
          const extent left = last_column - j;
          int vectors = vectors_;
          while ((vectors - 1) * lanes >= left) {
            vectors /= 2;
          }
          const extent width = vectors * lanes;
          const extent columns = left < width ? left : width;
          const extent end = columns - (width - lanes); // columns of the last register
          Panel& panel = panels[count];
          panel.vectors = vectors;
          panel.work = {.b = nullptr,
                        .b_row = p_.b_row,
                        .depth = depth,
                        .last = FirstLanes<T>(end),
                        .place = {0, j, 0, columns},
                        .result = &result_,
                        .near = packed_b + room.b,
                        .near_levels = near_levels_,
                        .waiting = packed_b + room.b + room.near,
                        .level = p_.grain > 0 ? room.level : 0,
                        .is_far = is_far_,
                        .writes = p_.grain > 0 || l + depth == p_.k,
                        .waits = !one_chunk_,
                        .walk = walk};
          if constexpr (std::is_same_v<T, Stored>) {
            panel.work.b = p_.b + l * p_.b_row + j;
          }
          if (pack_b_ || (!fast_first_lanes && end != lanes)) {
            panel.work.b = packed_b + count * depth * vectors_ * lanes;
            panel.work.b_row = width;
          }
          if (!one_chunk_) {
            panel.work.waiting += rows * (j - first_column);
          }
          j += columns;
        }
        pack(panels, count, packed_b, l, depth);
        if constexpr (packs_a) {
          run_panels<ColumnsOfA<T>>(panels, count, first_strip, last_strip, [&](extent row, extent height) {
            return ColumnsOfA<T>{packed_a + (row - first_row) * depth, height};
          });
        } else {
          if (p_.transpose_a) {
            run_panels<ColumnsOfA<T>>(panels, count, first_strip, last_strip, [&](extent row, extent) {
              return ColumnsOfA<T>{p_.a + l * p_.a_row + row, p_.a_row};
            });
          } else {
            run_panels<RowsOfA<T>>(panels, count, first_strip, last_strip,
                                   [&](extent row, extent) { return RowsOfA<T>{p_.a + row * p_.a_row + l, p_.a_row}; });
          }
        }
      }
      l += depth;
      if (p_.grain > 0 && l < p_.k) {
        for (extent i = 0; i < depth; i += walk.size) {
          walk.next();
        }
      }
    } while (l < p_.k);
  }

  template <class A, class Strip>
  void run_panels(Panel* panels, int count, extent first_strip, extent last_strip, Strip strip) const {
    const RunTile<T, Stored, A>* run[most_panels];
    for (int i = 0; i < count; ++i) {
      run[i] = tiles_of<T, Stored, A>(panels[i].vectors);
    }
    extent row = row_of(first_strip);
    for (extent s = first_strip; s < last_strip; ++s) {
      const extent height = strip_rows_ + (s < taller_ ? 1 : 0);
      const A a = strip(row, height);
      for (int i = 0; i < count; ++i) {
        TileWork<T, Stored>& work = panels[i].work;
        work.place.row = row;
        work.place.rows = height;
        run[i][height - 1](work, a);
        if (!one_chunk_) {
          work.waiting += height * panels[i].vectors * lanes;
        }
      }
      row += height;
    }
  }

  void pack_a(T* to, extent first_strip, extent last_strip, extent l, extent depth) const {
    extent row = row_of(first_strip);
    for (extent s = first_strip; s < last_strip; ++s) {
      const extent height = row_of(s + 1) - row;
      if (p_.transpose_a) {
        pack_rows(to, height, p_.a + l * p_.a_row + row, p_.a_row, height, depth);
      } else {
        pack_turned(to, height, p_.a + row * p_.a_row + l, p_.a_row, height, depth);
      }
      to += height * depth;
      row += height;
    }
  }

  /// Packs the panels that are not used as they lie, one behind another.
  void pack(const Panel* panels, int count, T* to, extent l, extent depth) const {
    const extent width = vectors_ * lanes;
    int i = 0;
    if constexpr (std::is_same_v<T, Stored>) {
      if (pack_b_ && !p_.transpose_b) { // whole ones together
        while (i < count && panels[i].work.place.columns == width) {
          ++i;
        }
        pack_panels(to, i, width, p_.b + l * p_.b_row + panels[0].work.place.column, p_.b_row, depth);
      }
    }
    for (; i < count; ++i) {
      const TileWork<T, Stored>& work = panels[i].work;
      if (work.b == to + i * depth * width) {
        pack_panel(to + i * depth * width, work.place, work.b_row, l, depth);
      }
    }
  }
  void pack_panel(T* to, const TilePlace& at, extent width, extent l, extent depth) const {
    if (!p_.transpose_b) {
      pack_rows(to, width, p_.b + l * p_.b_row + at.column, p_.b_row, at.columns, depth);
      return;
    }
    for (extent j = 0; j < at.columns; j += lanes) {
      const extent here = at.columns - j < lanes ? at.columns - j : lanes;
      pack_turned(to + j, width, p_.b + (at.column + j) * p_.b_row + l, p_.b_row, here, depth);
    }
  }

  // NOLINTNEXTLINE(cppcoreguidelines-avoid-const-or-ref-data-members): lives as long as the call
  const Product<T, Stored>& p_;
  Result<T, Stored> result_;
  int vectors_;
  extent strips_ = 1;
  extent strip_rows_;
  extent taller_ = 0; ///< strips that have one row more
  extent chunk_;
  int levels_ = 0;      ///< that wait at once
  int near_levels_ = 0; ///< those of them that never wait between chunks
  bool one_chunk_;
  bool is_far_; ///< the result is larger than what near caches hold
  bool pack_b_;
  Walk walk_{};
};

template <class T, class Stored>
void multiply_as_planned(const Product<T, Stored>& p, bool turned) {
  if constexpr (std::is_same_v<T, Stored>) {
    if (multiply_few_rows(p, turned) || multiply_turned_tiles(p, turned)) {
      return;
    }
  }
  Multiply<T, Stored>(p, turned).run();
}

/// Whether to compute the result's transpose, by b^T a^T. Where the rows of both operands are contiguous along k, one
/// of them has to be packed: the smaller one, if what that saves is more than turning the result costs. And few columns
/// would leave most lanes of a register empty, which many rows fill.
template <class T, class Stored>
bool is_better_turned(const Product<T, Stored>& p) {
  const bool narrow = 2 * p.n <= Lanes<T>::count || (p.transpose_b && p.n <= tile_rows(2));
  const bool smaller = p.transpose_b && !p.transpose_a && 3 * p.m * (p.k + p.n) < 2 * p.n * p.k;
  return p.m >= Lanes<T>::count && (narrow || smaller);
}

} // namespace gemm

template <class T, class Stored>
void multiply(const Product<T, Stored>& p) {
  if constexpr (std::is_same_v<T, Stored>) {
    if (!p.transpose_b && p.grain == 0 && p.epilogue.is_plain() &&
        gemm::multiply_small(p.out, p.out_row, p.a, p.a_row, p.transpose_a, p.b, p.b_row, p.m, p.n, p.k)) {
      return;
    }
  }
  if (p.m <= 0 || p.n <= 0 || (p.grain > 0 && p.k <= 0)) {
    return;
  }
  if (!gemm::is_better_turned(p)) {
    gemm::multiply_as_planned(p, false);
    return;
  }
  Product<T, Stored> turned = p;
  std::swap(turned.a, turned.b);
  std::swap(turned.m, turned.n);
  std::swap(turned.a_row, turned.b_row);
  turned.transpose_a = !p.transpose_b;
  turned.transpose_b = !p.transpose_a;
  gemm::multiply_as_planned(turned, true);
}

} // namespace cleave::kernels::inline CLEAVE_ISA
