// SPDX-License-Identifier: Apache-2.0
// Where blocks of memory with known lifetimes lie in one arena: several ways, of which the best is kept.
#pragma once

#include <cleave/base/config.hpp>
#include <cleave/passes/sort.hpp>

#include <initializer_list>

namespace cleave::detail {

/// Memory that is taken before step `begin` and given back after step `end`.
struct Block {
  extent bytes = 0;
  int begin = 0;
  int end = 0;
};

/// The most that is alive at one step: no layout needs less.
constexpr extent live_bound(const Vector<Block>& blocks, int steps) {
  Vector<extent> change(steps + 1, 0);
  for (const Block& block : blocks) {
    change[block.begin] += block.bytes;
    change[block.end + 1] -= block.bytes;
  }
  extent live = 0;
  extent most = 0;
  for (int step = 0; step < steps; ++step) {
    live += change[step];
    most = live > most ? live : most;
  }
  return most;
}

/// One arena's free space: first fit, gaps that touch are joined.
class Gaps {
public:
  constexpr extent take(extent bytes) {
    for (int i = 0; i < gaps_.size(); ++i) {
      if (gaps_[i].bytes >= bytes) {
        const extent begin = gaps_[i].begin;
        gaps_[i].begin += bytes;
        gaps_[i].bytes -= bytes;
        if (gaps_[i].bytes == 0) {
          gaps_.erase(i);
        }
        return begin;
      }
    }
    const int last = gaps_.size() - 1;
    if (last >= 0 && gaps_[last].begin + gaps_[last].bytes == size_) { // grow the gap at the end
      const extent begin = gaps_[last].begin;
      gaps_.erase(last);
      size_ = begin + bytes;
      return begin;
    }
    size_ += bytes;
    return size_ - bytes;
  }
  constexpr void release(extent begin, extent bytes) {
    int at = gaps_.size();
    while (at > 0 && gaps_[at - 1].begin > begin) {
      --at;
    }
    gaps_.insert(at, {begin, bytes});
    if (at + 1 < gaps_.size() && begin + bytes == gaps_[at + 1].begin) {
      gaps_[at].bytes += gaps_[at + 1].bytes;
      gaps_.erase(at + 1);
    }
    if (at > 0 && gaps_[at - 1].begin + gaps_[at - 1].bytes == begin) {
      gaps_[at - 1].bytes += gaps_[at].bytes;
      gaps_.erase(at);
    }
  }
  [[nodiscard]] constexpr extent size() const { return size_; }

private:
  struct Gap {
    extent begin = 0;
    extent bytes = 0;
  };
  Vector<Gap> gaps_; // by begin
  extent size_ = 0;
};

/// First fit in the order of the program. `blocks` are sorted by begin. Returns the arena's bytes.
constexpr extent lay_out_in_order(const Vector<Block>& blocks, int steps, Vector<extent>& offsets) {
  Gaps gaps;
  Vector<int> expiring(steps, -1); // blocks by their last step, as linked lists
  Vector<int> next(blocks.size(), -1);
  int released = 0; // steps whose blocks have been given back
  for (int i = 0; i < blocks.size(); ++i) {
    for (; released < blocks[i].begin; ++released) {
      for (int dead = expiring[released]; dead >= 0; dead = next[dead]) {
        gaps.release(offsets[dead], blocks[dead].bytes);
      }
    }
    offsets[i] = gaps.take(blocks[i].bytes);
    next[i] = expiring[blocks[i].end];
    expiring[blocks[i].end] = i;
  }
  return gaps.size();
}

/// The height of what lies in an arena at each step: the highest over a range of steps is found, and a range is raised
/// to one height, in time logarithmic in the steps.
class Skyline {
public:
  constexpr explicit Skyline(int steps) {
    while (leaves_ < steps) {
      leaves_ *= 2;
    }
    highest_ = Vector<extent>(2 * leaves_, 0);
    whole_ = Vector<extent>(2 * leaves_, 0);
  }
  [[nodiscard]] constexpr extent highest(int begin, int end) const { return highest(1, 0, leaves_ - 1, begin, end); }
  /// `height` is at least the highest of the range.
  constexpr void raise(int begin, int end, extent height) { raise(1, 0, leaves_ - 1, begin, end, height); }

private:
  // highest_[i]: over node i's steps; whole_[i]: every step of node i is at least this high. Heights only grow, so
  // nothing need be pushed down the tree.
  [[nodiscard]] constexpr extent highest(int at, int from, int to, int begin, int end) const {
    if (begin <= from && to <= end) {
      return highest_[at];
    }
    extent most = whole_[at];
    const int middle = (from + to) / 2;
    if (begin <= middle) {
      const extent left = highest(2 * at, from, middle, begin, end);
      most = left > most ? left : most;
    }
    if (end > middle) {
      const extent right = highest(2 * at + 1, middle + 1, to, begin, end);
      most = right > most ? right : most;
    }
    return most;
  }
  constexpr void raise(int at, int from, int to, int begin, int end, extent height) {
    highest_[at] = height > highest_[at] ? height : highest_[at];
    if (begin <= from && to <= end) {
      whole_[at] = height;
      return;
    }
    const int middle = (from + to) / 2;
    if (begin <= middle) {
      raise(2 * at, from, middle, begin, end, height);
    }
    if (end > middle) {
      raise(2 * at + 1, middle + 1, to, begin, end, height);
    }
  }

  int leaves_ = 1;
  Vector<extent> highest_;
  Vector<extent> whole_;
};

/// Puts each block on top of whatever it meets, in time logarithmic in the steps. Holes stay.
class OnTop {
public:
  constexpr OnTop(const Vector<Block>& blocks, const Vector<extent>& /*offsets*/, int steps)
      : blocks_(&blocks), skyline_(steps) {}
  constexpr extent place(int which) {
    const Block& block = (*blocks_)[which];
    const extent offset = skyline_.highest(block.begin, block.end);
    skyline_.raise(block.begin, block.end, offset + block.bytes);
    return offset;
  }

private:
  const Vector<Block>* blocks_;
  Skyline skyline_;
};

/// Puts each block into the lowest hole, at the price of looking at all blocks that have been placed.
class IntoHoles {
public:
  static constexpr int most_blocks = 128; // the square of it is what a compiler's default limits bear
  constexpr IntoHoles(const Vector<Block>& blocks, const Vector<extent>& offsets, int /*steps*/)
      : blocks_(&blocks), offsets_(&offsets) {}
  constexpr extent place(int which) {
    const Block& block = (*blocks_)[which];
    extent offset = 0;
    int at = 0;
    for (const int before : placed_) {
      const Block& other = (*blocks_)[before];
      const extent begin = (*offsets_)[before];
      if (other.begin <= block.end && block.begin <= other.end) {
        if (begin >= offset + block.bytes) {
          break;
        }
        offset = begin + other.bytes > offset ? begin + other.bytes : offset;
      }
    }
    while (at < placed_.size() && (*offsets_)[placed_[at]] < offset) {
      ++at;
    }
    placed_.insert(at, which);
    return offset;
  }

private:
  const Vector<Block>* blocks_;
  const Vector<extent>* offsets_;
  Vector<int> placed_; // by offset
};

/// In which order blocks are placed.
enum class Priority : unsigned char { size, lifetime };

/// One block after another, the one with the highest priority first. Returns the arena's bytes.
template <class Placer>
constexpr extent lay_out_by(Priority priority, const Vector<Block>& blocks, int steps, Vector<extent>& offsets) {
  Vector<int> order;
  order.reserve(blocks.size());
  for (int i = 0; i < blocks.size(); ++i) {
    order.push_back(i);
  }
  sort(order, [&blocks, priority](int a, int b) {
    if (priority == Priority::size && blocks[a].bytes != blocks[b].bytes) {
      return blocks[a].bytes > blocks[b].bytes;
    }
    return blocks[a].end - blocks[a].begin > blocks[b].end - blocks[b].begin;
  });
  Placer placer(blocks, offsets, steps);
  extent size = 0;
  for (const int i : order) {
    offsets[i] = placer.place(i);
    size = offsets[i] + blocks[i].bytes > size ? offsets[i] + blocks[i].bytes : size;
  }
  return size;
}

/// Lays blocks out so that none shares a byte with another that is alive at the same step, and returns the arena's
/// bytes. Tries first fit in order, then the largest first, then the longest-lived first; keeps the smallest and stops
/// where one meets `bound`. n log n: only few blocks are fitted into holes, many are put on top of each other.
constexpr extent lay_out(const Vector<Block>& blocks, int steps, extent bound, Vector<extent>& offsets) {
  extent size = lay_out_in_order(blocks, steps, offsets);
  for (const Priority priority : {Priority::size, Priority::lifetime}) {
    if (size <= bound) {
      break;
    }
    Vector<extent> tried(blocks.size(), 0);
    const extent tried_size = blocks.size() <= IntoHoles::most_blocks
                                  ? lay_out_by<IntoHoles>(priority, blocks, steps, tried)
                                  : lay_out_by<OnTop>(priority, blocks, steps, tried);
    if (tried_size < size) {
      size = tried_size;
      offsets.swap(tried);
    }
  }
  return size;
}

} // namespace cleave::detail
