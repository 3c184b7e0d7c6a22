// SPDX-License-Identifier: Apache-2.0
// Weight gradients go through the batch chunk by chunk, each with its input laid out.
#pragma once

#include "convolve_lines.hpp"
#include "convolve_panels.hpp"

namespace cleave::kernels::inline CLEAVE_ISA::convolution {

/// Pixels that are summed at a time: whatever the registers, since bits depend on it. A tile of one tap and channel
/// after another reads what those before have not.
class Chunks {
public:
  Chunks(const Window& w, extent grain) {
    const extent wanted = w.taps() > 1 ? 1280 : 1024;
    const Blocks even(most(1, grain), most(1, wanted / most(1, w.pixels())));
    largest_ = {0, ceil_div(even.total, even.count), {0, 0}, {w.out[0], w.out[1]}};
    while (largest_.images == 1 && largest_.pixels(w) > 2 * wanted &&
           (largest_.count[0] > 1 || largest_.count[1] > 1)) {
      extent& count = largest_.count[0] > 1 ? largest_.count[0] : largest_.count[1];
      count = ceil_div(count, 2);
    }
    whole_images_ = largest_.count[0] == w.out[0] && largest_.count[1] == w.out[1];
    in_place_ = whole_images_ && w.stride[2] == 1 && w.pad[0] == 0 && w.pad[1] == 0 && w.pad[2] == 0;
  }

  [[nodiscard]] const Strip& largest() const { return largest_; }
  [[nodiscard]] bool has_whole_images() const { return whole_images_; }
  /// Whether taps read neighbours in the input as it lies.
  [[nodiscard]] bool may_be_in_place() const { return in_place_; }
  /// Of the largest, which all share.
  [[nodiscard]] Layout layout(const Window& w, bool in_place) const {
    return in_place ? Layout(w) : Layout(w, largest_.images, largest_.count[0], largest_.count[1]);
  }

  /// visit(chunk) for all of rows [row, row + rows) of the batch.
  template <class Visit>
  void for_each(const Window& w, extent row, extent rows, Visit visit) const {
    Strip chunk = largest_;
    for (chunk.image = row; chunk.image < row + rows; chunk.image += largest_.images) {
      chunk.images = least(largest_.images, row + rows - chunk.image);
      for (chunk.first[0] = 0; chunk.first[0] < w.out[0]; chunk.first[0] += largest_.count[0]) {
        chunk.count[0] = least(largest_.count[0], w.out[0] - chunk.first[0]);
        for (chunk.first[1] = 0; chunk.first[1] < w.out[1]; chunk.first[1] += largest_.count[1]) {
          chunk.count[1] = least(largest_.count[1], w.out[1] - chunk.first[1]);
          visit(static_cast<const Strip&>(chunk));
        }
      }
    }
  }

  /// Where a chunk's taps read from the channels of a group: these themselves, or `room`, which is filled with them.
  template <class T>
  const T* planes(const Window& w, const Layout& layout, const Strip& chunk, const T* channels, bool in_place,
                  T* room) const {
    if (in_place) {
      return channels + chunk.image * layout.image;
    }
    if (!whole_images_) { // padding is elsewhere in each part
      clear(room, layout.size);
    }
    fill(w, layout, chunk, channels, room);
    return room;
  }

private:
  Strip largest_{};
  bool whole_images_;
  bool in_place_;
};

} // namespace cleave::kernels::inline CLEAVE_ISA::convolution
