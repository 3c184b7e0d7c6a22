// SPDX-License-Identifier: Apache-2.0
// Copying elements, cast on the way. Compiled in cleave::kernels.
#pragma once

#include <cleave/shape/dims.hpp>
#include <cleave/shape/dtype.hpp>

namespace cleave::detail {

/// Copies `count` elements that lie one after another. Source and destination must not overlap. Casts: a floating
/// number becomes an integer by dropping its fraction, the nearest representable integer where it is out of range, 0
/// where it is NaN; integers become smaller ones by dropping high bits; everything else rounds to nearest.
void copy_elements(void* dst, DType dst_type, const void* src, DType src_type, extent count);

/// Copies `outer` runs of `inner` elements; runs start `dst_stride` and `src_stride` elements apart.
void copy_block(void* dst, DType dst_type, extent dst_stride, const void* src, DType src_type, extent src_stride,
                extent outer, extent inner);

/// Copies all elements of a shape between any strides (in elements), cast as above. Source and destination must not
/// overlap.
void copy_strided(void* dst, DType dst_type, const extent* dst_strides, const void* src, DType src_type,
                  const extent* src_strides, const Dims& dims);

} // namespace cleave::detail

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(device, copy)
#endif
