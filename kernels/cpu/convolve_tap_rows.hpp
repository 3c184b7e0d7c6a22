// SPDX-License-Identifier: Apache-2.0
// Adds what lines of pixels give the taps of one row of a kernel to the lines that those taps have read.
#pragma once

#include "convolve_window.hpp"

#include <type_traits>
#include <utility>

namespace cleave::kernels::inline CLEAVE_ISA::convolution {

/// The taps of a row that meet one register of a line are added one after another before it is written again. Lanes
/// that a tap does not reach are given a zero, which changes nothing: a sum that begins with 0 is never -0.
template <class T>
class TapRow {
public:
  /// Of a window and the layout that is added to. The products of a tap lie `pitch` behind those of the tap before.
  TapRow(const Window& w, const Layout& layout, extent pitch) : w_(w), layout_(layout), pitch_(pitch) {}

  /// Memory of the tables, which is aligned to 64.
  [[nodiscard]] extent bytes() const {
    const extent registers = w_.stride[2] * ceil_div(layout_.phase, lanes);
    return registers * ceil_div(w_.kernel[2], most_taps) * static_cast<extent>(sizeof(Piece));
  }
  void make(std::byte* memory) {
    pieces_ = reinterpret_cast<Piece*>(memory);
    count_ = 0;
    for_runs(w_, layout_, [&](extent at, extent /*from*/, extent run) {
      const extent phase = at / layout_.phase;
      const extent first = at % layout_.phase;
      for (extent i = first; i < first + run; i += lanes) {
        make_register(phase, i, first + run);
      }
    });
  }

  /// `to` is what tap 0 of the row reads for the first pixel; lines begin in `places`. `products` has readable memory
  /// of a register before and behind it.
  void add(T* to, const extent* places, const T* products, extent lines) const {
    for (const Piece* piece = pieces_; piece < pieces_ + count_; ++piece) {
      add_piece(*piece, to + piece->to, places, products, lines);
    }
  }

private:
  static constexpr extent lanes = Lanes<T>::count;
  static constexpr int most_taps = 5;
  using Bit = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;
  using Bits = Vector<Bit>;

  /// Some taps that meet one register of each line.
  struct Piece {
    Bits mask[most_taps]; ///< of the lanes that a tap reaches
    extent from[most_taps];
    extent to;
    int taps;
  };

  /// The register of elements [i, i + lanes) of a phase, as far as they lie before `end`.
  void make_register(extent phase, extent i, extent end) {
    Piece* piece = nullptr;
    for (extent k = 0; k < w_.kernel[2]; ++k) {
      const extent place = k * w_.dilation[2];
      const extent shift = place / w_.stride[2];
      if (place % w_.stride[2] != phase || i + lanes <= shift || i >= shift + w_.out[2]) {
        continue;
      }
      if (piece == nullptr || piece->taps == most_taps) {
        piece = &pieces_[count_++];
        // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): there is room for all of them
        piece->to = phase * layout_.phase + i;
        piece->taps = 0;
      }
      Bits& mask = piece->mask[piece->taps];
      for (extent lane = 0; lane < lanes; ++lane) {
        const extent pixel = i + lane - shift;
        mask[lane] = pixel >= 0 && pixel < w_.out[2] && i + lane < end ? -1 : 0;
      }
      piece->from[piece->taps++] = k * pitch_ + i - shift;
    }
  }

  template <int Taps = most_taps>
  void add_piece(const Piece& piece, T* to, const extent* places, const T* products, extent lines) const {
    if constexpr (Taps > 1) {
      if (piece.taps < Taps) {
        return add_piece<Taps - 1>(piece, to, places, products, lines);
      }
    }
    add_taps(piece, to, places, products, lines, std::make_index_sequence<Taps>{});
  }
  template <std::size_t... Tap>
  void add_taps(const Piece& piece, T* to, const extent* places, const T* products, extent lines,
                std::index_sequence<Tap...> /*taps*/) const {
    const Bits masks[] = {piece.mask[Tap]...};
    const T* const taps[] = {products + piece.from[Tap]...};
    const extent step = w_.out[2];
    for (extent line = 0, at = 0; line < lines; ++line, at += step) {
      Vector<T> sum = load(to + places[line]);
      ((sum += reinterpret_cast<Vector<T>>(reinterpret_cast<Bits>(load(taps[Tap] + at)) & masks[Tap])), ...);
      store(to + places[line], sum);
    }
  }

  Window w_;
  Layout layout_;
  extent pitch_;
  Piece* pieces_ = nullptr;
  extent count_ = 0;
};

} // namespace cleave::kernels::inline CLEAVE_ISA::convolution
