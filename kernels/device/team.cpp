// SPDX-License-Identifier: Apache-2.0
#include <cleave/base/error.hpp>
#include <cleave/device/team.hpp>

#include <utility>

namespace cleave {
namespace detail::teams {

inline Team*& current() noexcept {
  thread_local Team* team = nullptr;
  return team;
}

inline int checked(int threads) {
  if (threads < 1) {
    fail("Team: expected at least 1 thread, which is the caller's own, but %d came", threads);
  }
  return threads;
}

struct Job {
  extent count;
  extent pieces;
  Team::Work work;
  void* context;
};

/// While it lives, the thread uses no team.
class NoTeam {
public:
  NoTeam() : before_(std::exchange(current(), nullptr)) {}
  ~NoTeam() { current() = before_; }
  NoTeam(const NoTeam&) = delete;
  NoTeam& operator=(const NoTeam&) = delete;
  NoTeam(NoTeam&&) = delete;
  NoTeam& operator=(NoTeam&&) = delete;

private:
  Team* before_;
};

inline void run_piece(void* context, int thread) {
  const Job& job = *static_cast<const Job*>(context);
  if (thread >= job.pieces) {
    return;
  }
  const extent first = job.count * thread / job.pieces;
  // what a piece runs in turn stays on its thread: on the caller's as on the others, which have no team
  const NoTeam none;
  job.work(job.context, first, job.count * (thread + 1) / job.pieces);
}

} // namespace detail::teams

CLEAVE_INLINE Team::Team(int threads, Subnormals subnormals)
    : pool_(detail::teams::checked(threads), nullptr, subnormals) {}

CLEAVE_INLINE extent Team::worthwhile_pieces(extent count, double ns) const {
  const extent most = count < threads() ? count : threads();
  return ns < detail::worthwhile_ns * static_cast<double>(most) ? static_cast<extent>(ns / detail::worthwhile_ns)
                                                                : most;
}

CLEAVE_INLINE void Team::run(extent count, extent pieces, Work work, void* context) {
  detail::teams::Job job{count, pieces, work, context};
  pool_.run(&detail::teams::run_piece, &job);
}

CLEAVE_INLINE Team::Use::Use(Team& team) : before_(std::exchange(detail::teams::current(), &team)) {}
CLEAVE_INLINE Team::Use::~Use() { detail::teams::current() = before_; }

CLEAVE_INLINE Team* detail::current_team() noexcept { return teams::current(); }

} // namespace cleave
