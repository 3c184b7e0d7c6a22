// SPDX-License-Identifier: Apache-2.0
// A result cut into strips, so that the input of each, laid out, stays in the cache.
#pragma once

#include "convolve_window.hpp"

namespace cleave::kernels::inline CLEAVE_ISA::convolution {

/// Strips of several small images, or of parts of a large one.
class Strips {
public:
  Strips() = default;
  /// Parts of an image whose layout has at most `budget` elements, or single lines; of one whole image where it fits.
  /// `even` is that of their layout.
  Strips(const Window& w, extent budget, extent even = 1) : count_{w.out[0], w.out[1]}, even_(even) {
    while (layout(w).size > budget && (count_[0] > 1 || count_[1] > 1)) {
      extent& count = count_[0] > 1 ? count_[0] : count_[1];
      count = ceil_div(count, 2);
    }
    parts_[0] = ceil_div(w.out[0], most(1, count_[0]));
    parts_[1] = ceil_div(w.out[1], most(1, count_[1]));
  }

  /// Takes several images together, where they are not cut into parts.
  void join(extent images) { images_ = parts() == 1 ? images : 1; }

  [[nodiscard]] extent parts() const { return parts_[0] * parts_[1]; }
  [[nodiscard]] extent count(const Window& w) const { return ceil_div(w.batch, images_) * parts(); }
  [[nodiscard]] Strip strip(const Window& w, extent i) const {
    const extent image = i / parts() * images_;
    const extent z = i % parts() / parts_[1] * count_[0];
    const extent y = i % parts_[1] * count_[1];
    return {image,
            least(images_, w.batch - image),
            {z, y},
            {least(count_[0], w.out[0] - z), least(count_[1], w.out[1] - y)}};
  }
  /// Of the largest strip, which all share.
  [[nodiscard]] Layout layout(const Window& w) const { return {w, images_, count_[0], count_[1], even_}; }

private:
  extent images_ = 1;
  extent count_[2] = {1, 1};
  extent parts_[2] = {1, 1};
  extent even_ = 1;
};

} // namespace cleave::kernels::inline CLEAVE_ISA::convolution
