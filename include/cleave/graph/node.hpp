// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/graph/fault.hpp>
#include <cleave/shape/dtype.hpp>

namespace cleave {

/// Position of a node in its graph.
using Id = int;
inline constexpr Id no_id = -1;

inline constexpr int max_operands = 4;

struct OpRule;

/// What an operation knows besides its operands. Which member means what is the operation's own business.
struct Attributes {
  double number = 0;
  double second = 0;
  double third = 0;
  int flags = 0;
  Id of = no_id;              ///< another node this one belongs to, without reading it
  char letters[max_rank]{};   ///< named axes
  extent extents[max_rank]{}; ///< bounds and sizes; none that follows from the rows of a batch, which devices share
  friend constexpr bool operator==(const Attributes& a, const Attributes& b) {
    for (int i = 0; i < max_rank; ++i) {
      if (a.letters[i] != b.letters[i] || a.extents[i] != b.extents[i]) {
        return false;
      }
    }
    return a.number == b.number && a.second == b.second && a.third == b.third && a.flags == b.flags && a.of == b.of;
  }
};

/// One operation of a graph. Operands come before their users, so the order of nodes is an order of execution.
struct Node {
  const OpRule* op = nullptr;
  int operand_count = 0;
  Id operands[max_operands]{no_id, no_id, no_id, no_id};
  Dims dims{};
  DType dtype = DType::f32;
  Attributes attributes{};
  const char* name = ""; ///< of inputs, parameters and layers; empty where nobody gave one

  [[nodiscard]] constexpr bool is_named() const { return name[0] != '\0'; }
  [[nodiscard]] constexpr extent bytes() const { return dims.size() * size_of(dtype); }
};

/// What a program hands out.
enum class Role : unsigned char {
  output,         ///< what the model returned, in order
  gradient,       ///< of the parameter `of`
  input_gradient, ///< of the input `of`
  normaliser,     ///< a count to divide gradients by (see Normaliser::counted)
};

struct Result {
  Role role = Role::output;
  Id node = no_id;
  Id of = no_id;
};

/// By what the optimizer divides gradients, which are derivatives of sums over rows.
enum class Normaliser : unsigned char {
  unset,   ///< no head yet
  none,    ///< nothing: the head is a plain sum
  rows,    ///< rows really seen, over all devices
  counted, ///< a count computed by the program (valid labels), summed over devices
};

} // namespace cleave
