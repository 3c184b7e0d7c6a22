// SPDX-License-Identifier: Apache-2.0
// Indices of any element type as rows of a table.
#pragma once

#include <cleave/base/error.hpp>
#include <cleave/base/math.hpp>
#include <cleave/ops/embedding_kernels.hpp>

#include <cstdint>

namespace cleave::kernels::inline CLEAVE_KERNELS::embedding {

/// `rows` of the table are named; at least 1.
template <class Index>
struct Reader {
  const Index* index;
  extent rows;
  Outside outside;

  [[nodiscard]] bool is_inside(extent i) const {
    if constexpr (std::is_floating_point_v<Index>) {
      const auto x = static_cast<double>(index[i]);   // which holds every number of rows
      return x > -1 && x < static_cast<double>(rows); // false of NaN
    } else {
      return static_cast<std::int64_t>(index[i]) >= 0 && static_cast<std::int64_t>(index[i]) < rows;
    }
  }
  [[nodiscard]] extent operator[](extent i) const {
    const Index x = index[i];
    if (is_inside(i)) {
      return static_cast<extent>(x);
    }
    if (outside != Outside::wrap) {
      return x > 0 ? rows - 1 : 0;
    }
    if constexpr (std::is_floating_point_v<Index>) {
      // in double, which has every whole number there may be rows for; what has none (infinity, NaN) counts as 0
      const double rest = math::modulo(math::trunc(static_cast<double>(x)), static_cast<double>(rows));
      return rest >= 0 ? static_cast<extent>(rest) : 0;
    } else {
      return static_cast<extent>(math::modulo(static_cast<std::int64_t>(x), static_cast<std::int64_t>(rows)));
    }
  }
};

/// Calls `visit(reader)` for the indices of a call, operand `at`, after those that are refused have been found.
template <class Visit>
void read_indices(std::byte* const* arenas, const KernelArguments& call, int at, const char* name, Visit visit) {
  const extent rows = call.sizes[1];
  const extent count = call.sizes[3];
  const auto outside = static_cast<Outside>(call.sizes[5]);
  const auto as = [&]<class Index>(const Index* index) {
    const Reader<Index> reader{index, rows, outside};
    if (rows == 0 && count > 0) {
      detail::fail("%s: the table has no rows, but there are indices; give it rows", name);
    }
    for (extent i = 0; outside == Outside::refuse && i < count; ++i) {
      if (!reader.is_inside(i)) {
        detail::fail("%s: index %td is %g; expects a row number from 0 to %td", name, i, static_cast<double>(index[i]),
                     rows - 1);
      }
    }
    visit(reader);
  };
  switch (static_cast<DType>(call.sizes[4])) {
  case DType::f32:
    return as(call.operand<float>(arenas, at));
  case DType::f64:
    return as(call.operand<double>(arenas, at));
  case DType::i32:
    return as(call.operand<std::int32_t>(arenas, at));
  case DType::i64:
    return as(call.operand<std::int64_t>(arenas, at));
  case DType::u8:
    break;
  }
  as(call.operand<std::uint8_t>(arenas, at));
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS::embedding
