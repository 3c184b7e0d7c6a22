// SPDX-License-Identifier: Apache-2.0
// Runs a program on one device by input name, with every number as double: what the law suite and the recorded cases
// are checked with.
#pragma once

#include <cleave/device/copy.hpp>
#include <cleave/device/memory.hpp>
#include <cleave/exec/executor.hpp>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace test {

using Numbers = std::vector<double>;

template <class Program, cleave::extent Rows>
class Runner {
  using Run = cleave::Executor<Program, Rows>;

public:
  Runner() {
    for (int i = 0; i < cleave::arena_count; ++i) {
      blocks_[i] = cleave::Arena(static_cast<std::size_t>(Run::plan.arena_bytes[i]) + cleave::alignment);
      arenas_.base[i] = blocks_[i].data();
    }
    const double rows = static_cast<double>(Rows);
    for (cleave::Id id = 0; id < Run::program.size(); ++id) {
      if (cleave::is_op<cleave::BatchRowsLeaf>(node(id))) {
        cleave::detail::copy_elements(address(id), node(id).dtype, &rows, cleave::DType::f64, 1);
      }
    }
    set_random_key(0, 0, 0);
  }

  /// What random layers depend on; zeros at first.
  void set_random_key(std::int64_t seed, std::int64_t pass, std::int64_t first_row) {
    const std::int64_t key[] = {seed, pass, first_row};
    for (cleave::Id id = 0; id < Run::program.size(); ++id) {
      if (cleave::is_op<cleave::RandomKeyLeaf>(node(id))) {
        std::memcpy(address(id), key, sizeof key);
      }
    }
  }

  void set(const std::string& name, const Numbers& values) {
    const cleave::Id id = find(name);
    if (static_cast<cleave::extent>(values.size()) != node(id).dims.size()) {
      throw std::logic_error("Runner: " + name + " takes " + std::to_string(node(id).dims.size()) + " numbers");
    }
    cleave::detail::copy_elements(address(id), node(id).dtype, values.data(), cleave::DType::f64, node(id).dims.size());
  }
  /// Fills activations with NaN: whatever is read before it is written shows.
  void poison() {
    const auto arena = static_cast<int>(cleave::ArenaId::activations);
    std::memset(arenas_.base[arena], 0xFF, static_cast<std::size_t>(Run::plan.arena_bytes[arena]));
  }
  /// For programs that add to what their gradients hold.
  void clear_gradients() {
    const auto arena = static_cast<int>(cleave::ArenaId::gradients);
    std::memset(arenas_.base[arena], 0, static_cast<std::size_t>(Run::plan.arena_bytes[arena]));
  }
  void forward() { Run::forward(arenas_); }
  void backward() { Run::backward(arenas_); }

  [[nodiscard]] Numbers output(int index = 0) const {
    for (const cleave::Result& result : Run::program.results) {
      if (result.role == cleave::Role::output && index-- == 0) {
        return read(result.node);
      }
    }
    throw std::logic_error("Runner: no such output");
  }
  /// Of a parameter or an input.
  [[nodiscard]] Numbers gradient(const std::string& name) const {
    const cleave::Id id = find(name);
    for (const cleave::Result& result : Run::program.results) {
      if (result.of == id && result.role != cleave::Role::output) {
        return read(result.node);
      }
    }
    throw std::logic_error("Runner: no gradient of " + name);
  }
  /// By what the optimizer is to divide the gradients.
  [[nodiscard]] double divisor() const {
    for (const cleave::Result& result : Run::program.results) {
      if (result.role == cleave::Role::normaliser) {
        return std::max(1., read(result.node)[0]);
      }
    }
    return Run::program.normaliser == cleave::Normaliser::rows ? static_cast<double>(Rows) : 1.;
  }
  [[nodiscard]] static std::vector<std::string> leaves() {
    std::vector<std::string> names;
    for (cleave::Id id = 0; id < Run::program.size(); ++id) {
      if (node(id).op->kind == cleave::OpKind::leaf && node(id).is_named()) {
        names.emplace_back(node(id).name);
      }
    }
    return names;
  }

  [[nodiscard]] static std::size_t size(const std::string& name) {
    return static_cast<std::size_t>(node(find(name)).dims.size());
  }

private:
  static const cleave::Node& node(cleave::Id id) { return Run::program.nodes[id]; }
  static cleave::Id find(const std::string& name) {
    for (cleave::Id id = 0; id < Run::program.size(); ++id) {
      if (node(id).op->kind == cleave::OpKind::leaf && name == node(id).name) {
        return id;
      }
    }
    throw std::logic_error("Runner: no input or parameter " + name);
  }
  [[nodiscard]] std::byte* address(cleave::Id id) const {
    const cleave::Location where = Run::plan.at[id];
    return arenas_.base[static_cast<int>(where.arena)] + where.offset;
  }
  [[nodiscard]] Numbers read(cleave::Id id) const {
    Numbers values(static_cast<std::size_t>(node(id).dims.size()));
    cleave::detail::copy_elements(values.data(), cleave::DType::f64, address(id), node(id).dtype, node(id).dims.size());
    return values;
  }

  cleave::Arena blocks_[cleave::arena_count];
  cleave::ArenaPointers arenas_{};
};

} // namespace test
