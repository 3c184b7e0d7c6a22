// SPDX-License-Identifier: Apache-2.0
#include <cleave/device/copy.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

namespace cleave::detail {
namespace casts {

template <class To, class From>
To convert(From x) {
  if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    using Limits = std::numeric_limits<To>;
    // The greatest integer itself may not be a floating number; one more always is, being a power of two.
    constexpr To half = static_cast<To>(Limits::max() / 2 + 1);
    constexpr From beyond = static_cast<From>(half) * 2;
    constexpr From lowest = static_cast<From>(Limits::lowest());
    if (x >= beyond) {
      return Limits::max();
    }
    if (x > lowest) {
      return static_cast<To>(x);
    }
    return std::isnan(x) ? To{0} : Limits::lowest();
  } else {
    return static_cast<To>(x);
  }
}

/// Elements one after another.
struct Run {
  extent count;
  extent dst_stride;
  extent src_stride;
};

template <class To, class From>
void convert_run(void* dst, const void* src, Run run) {
  auto* const to = static_cast<To*>(dst);
  const auto* const from = static_cast<const From*>(src);
  if (run.dst_stride == 1 && run.src_stride == 1) {
    for (extent i = 0; i < run.count; ++i) {
      to[i] = convert<To>(from[i]);
    }
  } else {
    for (extent i = 0; i < run.count; ++i) {
      to[i * run.dst_stride] = convert<To>(from[i * run.src_stride]);
    }
  }
}

using Convert = void (*)(void*, const void*, Run);

template <class To>
Convert convert_to(DType src_type) {
  switch (src_type) {
  case DType::f32:
    return convert_run<To, float>;
  case DType::f64:
    return convert_run<To, double>;
  case DType::i32:
    return convert_run<To, std::int32_t>;
  case DType::i64:
    return convert_run<To, std::int64_t>;
  case DType::u8:
    break;
  }
  return convert_run<To, std::uint8_t>;
}

inline Convert find_convert(DType dst_type, DType src_type) {
  switch (dst_type) {
  case DType::f32:
    return convert_to<float>(src_type);
  case DType::f64:
    return convert_to<double>(src_type);
  case DType::i32:
    return convert_to<std::int32_t>(src_type);
  case DType::i64:
    return convert_to<std::int64_t>(src_type);
  case DType::u8:
    break;
  }
  return convert_to<std::uint8_t>(src_type);
}

/// The axes of two arrays, fewer where neighbouring ones are walked alike; those of one element are left out.
struct Walk {
  int rank = 0;
  extent extents[max_rank]{};
  extent dst[max_rank]{};
  extent src[max_rank]{};
};

inline Walk merge_axes(const Dims& dims, const extent* dst_strides, const extent* src_strides) {
  Walk walk;
  for (int i = 0; i < dims.rank; ++i) {
    const extent count = dims.extents[i];
    if (count == 1) {
      continue;
    }
    const int last = walk.rank - 1;
    const bool joins =
        last >= 0 && walk.dst[last] == dst_strides[i] * count && walk.src[last] == src_strides[i] * count;
    const int to = joins ? last : walk.rank++;
    walk.extents[to] = joins ? walk.extents[to] * count : count;
    walk.dst[to] = dst_strides[i];
    walk.src[to] = src_strides[i];
  }
  return walk;
}

} // namespace casts

CLEAVE_INLINE void copy_elements(void* dst, DType dst_type, const void* src, DType src_type, extent count) {
  if (count <= 0) {
    return;
  }
  if (dst_type == src_type) {
    std::memcpy(dst, src, static_cast<std::size_t>(count * size_of(dst_type)));
  } else {
    casts::find_convert(dst_type, src_type)(dst, src, {count, 1, 1});
  }
}

CLEAVE_INLINE void copy_strided(void* dst, DType dst_type, const extent* dst_strides, const void* src, DType src_type,
                                const extent* src_strides, const Dims& dims) {
  if (dims.size() <= 0) {
    return;
  }
  const casts::Walk walk = casts::merge_axes(dims, dst_strides, src_strides);
  const int inner = walk.rank - 1;
  const casts::Run run =
      inner < 0 ? casts::Run{1, 1, 1} : casts::Run{walk.extents[inner], walk.dst[inner], walk.src[inner]};
  const bool same_bytes = dst_type == src_type && run.dst_stride == 1 && run.src_stride == 1;
  const casts::Convert convert = casts::find_convert(dst_type, src_type);
  auto* to = static_cast<std::byte*>(dst);
  const auto* from = static_cast<const std::byte*>(src);
  extent index[max_rank] = {};
  for (;;) {
    if (same_bytes) {
      std::memcpy(to, from, static_cast<std::size_t>(run.count * size_of(dst_type)));
    } else {
      convert(to, from, run);
    }
    int axis = inner - 1;
    for (; axis >= 0; --axis) {
      to += walk.dst[axis] * size_of(dst_type);
      from += walk.src[axis] * size_of(src_type);
      if (++index[axis] < walk.extents[axis]) {
        break;
      }
      to -= walk.extents[axis] * walk.dst[axis] * size_of(dst_type);
      from -= walk.extents[axis] * walk.src[axis] * size_of(src_type);
      index[axis] = 0;
    }
    if (axis < 0) {
      return;
    }
  }
}

CLEAVE_INLINE void copy_block(void* dst, DType dst_type, extent dst_stride, const void* src, DType src_type,
                              extent src_stride, extent outer, extent inner) {
  if (dst_stride == inner && src_stride == inner) {
    copy_elements(dst, dst_type, src, src_type, outer * inner);
    return;
  }
  auto* const to = static_cast<std::byte*>(dst);
  const auto* const from = static_cast<const std::byte*>(src);
  for (extent i = 0; i < outer; ++i) {
    copy_elements(to + i * dst_stride * size_of(dst_type), dst_type, from + i * src_stride * size_of(src_type),
                  src_type, inner);
  }
}

} // namespace cleave::detail
