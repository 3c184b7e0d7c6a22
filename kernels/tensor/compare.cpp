// SPDX-License-Identifier: Apache-2.0
#include <cleave/tensor/compare.hpp>

#include <cmath>
#include <type_traits>

namespace cleave::detail {
namespace comparing {

/// Whether test(a, b) holds for all pairs of elements, from an axis on.
template <class T, class Test>
bool holds_for_all(const Dims& dims, int axis, const T* a, const extent* a_strides, const T* b, const extent* b_strides,
                   Test test) {
  if (axis == dims.rank) {
    return test(*a, *b);
  }
  const extent count = dims.extents[axis];
  const bool innermost = axis + 1 == dims.rank;
  for (extent i = 0; i < count; ++i) {
    const T* const x = a + i * a_strides[axis];
    const T* const y = b + i * b_strides[axis];
    if (innermost ? !test(*x, *y) : !holds_for_all(dims, axis + 1, x, a_strides, y, b_strides, test)) {
      return false;
    }
  }
  return true;
}

template <class T, class Test>
bool compare(const Dims& dims, Elements a, Elements b, Test test) {
  return holds_for_all(dims, 0, static_cast<const T*>(a.data), a.strides, static_cast<const T*>(b.data), b.strides,
                       test);
}

template <class Test>
bool compare(DType type, const Dims& dims, Elements a, Elements b, Test test) {
  switch (type) {
  case DType::f32:
    return compare<float>(dims, a, b, test);
  case DType::f64:
    return compare<double>(dims, a, b, test);
  case DType::i32:
    return compare<std::int32_t>(dims, a, b, test);
  case DType::i64:
    return compare<std::int64_t>(dims, a, b, test);
  case DType::u8:
    return compare<std::uint8_t>(dims, a, b, test);
  }
  return false;
}

/// |a - b|, exact for integers.
template <class T>
double distance(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    const auto x = static_cast<std::uint64_t>(a);
    const auto y = static_cast<std::uint64_t>(b);
    return static_cast<double>(a < b ? y - x : x - y);
  } else {
    return std::fabs(static_cast<double>(a) - static_cast<double>(b));
  }
}

} // namespace comparing

CLEAVE_INLINE bool elements_equal(DType type, const Dims& dims, Elements a, Elements b) {
  return comparing::compare(type, dims, a, b, [](auto x, auto y) { return x == y; });
}

CLEAVE_INLINE bool elements_close(DType type, const Dims& dims, Elements a, Elements b, double relative,
                                  double absolute) {
  return comparing::compare(type, dims, a, b, [=](auto x, auto y) {
    // an infinity is close to itself only, though the tolerance is infinite, too
    return x == y || (std::isfinite(static_cast<double>(y)) &&
                      comparing::distance(x, y) <= absolute + relative * std::fabs(static_cast<double>(y)));
  });
}

} // namespace cleave::detail
