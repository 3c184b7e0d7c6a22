// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/device/pool.hpp>

namespace cleave {
namespace detail {

/// What a thread must have to do before it is worth a handover: a few times the 0.5 to 1 us that one takes between
/// threads that spin (bench/run/team.cpp).
inline constexpr double worthwhile_ns = 3000;
/// How fast a thread reads and writes, roughly.
inline constexpr double bytes_per_ns = 30;

} // namespace detail

/// The threads of one device. While a `Team::Use` lives, kernels that its thread runs share the tiles of their results
/// among the team, where that is worth a handover; results have the same bits with any number of threads. Compiled in
/// cleave::kernels.
///   cleave::Team team(4);
///   const cleave::Team::Use use(team);
///   cleave::Tensor product = dot<C>(a, b);
class Team {
public:
  /// `threads` counts the calling thread. Errors: throws Error when there is less than one, or one cannot be started.
  explicit Team(int threads, Subnormals subnormals = Subnormals::kept);

  class Use {
  public:
    explicit Use(Team& team);
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    Use(Use&&) = delete;
    Use& operator=(Use&&) = delete;

  private:
    Team* before_;
  };

  [[nodiscard]] int threads() const { return pool_.threads(); }

  /// The pieces, at most one a thread, into which `count` parts of equal work, `ns` nanoseconds in all, are worth being
  /// cut.
  [[nodiscard]] extent worthwhile_pieces(extent count, double ns) const;

  using Work = void (*)(void* context, extent first, extent last);
  /// Cuts [0, count) into `pieces` of nearly equal length, at most one a thread, and runs work(context, first, last)
  /// for each, piece p on thread p; waits for all. A piece may throw: the exception of the first comes back.
  void run(extent count, extent pieces, Work work, void* context);

private:
  ThreadPool pool_;
};

namespace detail {

/// The team that the calling thread uses, or null.
[[nodiscard]] Team* current_team() noexcept;

} // namespace detail
} // namespace cleave

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(device, team)
#endif
