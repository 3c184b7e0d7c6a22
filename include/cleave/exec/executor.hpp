// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/exec/kernel_table.hpp>

namespace cleave {

/// The memory of one device, by arena.
struct ArenaPointers {
  std::byte* base[arena_count]{};
};

/// Runs a program on `Rows` rows of the batch. Holds no memory of its own: executors of one device with other rows or
/// modes run in the same arenas, one after the other.
template <class Program, extent Rows>
struct Executor {
  static constexpr auto& program = localized<Program, Rows>;
  static constexpr auto& plan = memory<Program, Rows>;
  static constexpr auto& table = kernel_table<Program, Rows>;

  static void forward(const ArenaPointers& arenas) { run(table.steps, table.steps + table.forward, arenas); }
  static void backward(const ArenaPointers& arenas) {
    run(table.steps + table.forward, table.steps + table.count, arenas);
  }

private:
  static void run(const Step* step, const Step* end, const ArenaPointers& arenas) {
    for (; step != end; ++step) {
      step->kernel(arenas.base, step->arguments);
    }
  }
};

} // namespace cleave
