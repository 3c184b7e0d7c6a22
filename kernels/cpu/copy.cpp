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

template <class To, class From>
void convert_run(void* dst, const void* src, extent count) {
  auto* const to = static_cast<To*>(dst);
  const auto* const from = static_cast<const From*>(src);
  for (extent i = 0; i < count; ++i) {
    to[i] = convert<To>(from[i]);
  }
}

template <class To>
void convert_to(void* dst, const void* src, DType src_type, extent count) {
  switch (src_type) {
  case DType::f32:
    convert_run<To, float>(dst, src, count);
    break;
  case DType::f64:
    convert_run<To, double>(dst, src, count);
    break;
  case DType::i32:
    convert_run<To, std::int32_t>(dst, src, count);
    break;
  case DType::i64:
    convert_run<To, std::int64_t>(dst, src, count);
    break;
  case DType::u8:
    convert_run<To, std::uint8_t>(dst, src, count);
    break;
  }
}

} // namespace casts

CLEAVE_INLINE void copy_elements(void* dst, DType dst_type, const void* src, DType src_type, extent count) {
  if (count <= 0) {
    return;
  }
  if (dst_type == src_type) {
    std::memcpy(dst, src, static_cast<std::size_t>(count * size_of(dst_type)));
    return;
  }
  switch (dst_type) {
  case DType::f32:
    casts::convert_to<float>(dst, src, src_type, count);
    break;
  case DType::f64:
    casts::convert_to<double>(dst, src, src_type, count);
    break;
  case DType::i32:
    casts::convert_to<std::int32_t>(dst, src, src_type, count);
    break;
  case DType::i64:
    casts::convert_to<std::int64_t>(dst, src, src_type, count);
    break;
  case DType::u8:
    casts::convert_to<std::uint8_t>(dst, src, src_type, count);
    break;
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
