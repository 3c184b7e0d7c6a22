// SPDX-License-Identifier: Apache-2.0
// Contractions as pure values: what a specification says, in which order several operands are contracted, and how two
// are laid out for one matrix product.
#pragma once

#include <cleave/shape/dims.hpp>

namespace cleave::detail {

inline constexpr int max_einsum_operands = 12;

/// "NTC,CO->NTO": letters of each operand and of the result; blanks do not count. Not well formed where a list is
/// longer than max_rank, there are too many, or the arrow is missing.
struct EinsumSpec {
  int count = 0;
  Dims operands[max_einsum_operands]{}; // extents are 0
  Dims result{};
  bool is_well_formed = false;
};

constexpr EinsumSpec parse_einsum(const char* spec) {
  EinsumSpec parsed;
  parsed.count = 1;
  bool in_result = false;
  for (const char* at = spec; *at != '\0'; ++at) {
    Dims& list = in_result ? parsed.result : parsed.operands[parsed.count - 1];
    if (*at == ' ') {
      continue;
    }
    if (*at == '-' && at[1] == '>' && !in_result) {
      in_result = true;
      ++at;
    } else if (*at == ',' && !in_result && parsed.count < max_einsum_operands) {
      ++parsed.count;
    } else if (*at == ',' || *at == '-' || *at == '>' || list.rank == max_rank) {
      return parsed;
    } else {
      list.push_back(*at, 0);
    }
  }
  parsed.is_well_formed = in_result;
  return parsed;
}

/// A set of letters, as bits of a table of those that occur.
class LetterTable {
public:
  constexpr unsigned bits_of(const Dims& dims) {
    unsigned bits = 0;
    for (int i = 0; i < dims.rank; ++i) {
      int at = 0;
      while (at < count_ && letters_[at] != dims.letters[i]) {
        ++at;
      }
      if (at == count_ && count_ < max_letters) {
        letters_[count_] = dims.letters[i];
        extents_[count_++] = dims.extents[i];
      }
      bits |= 1U << static_cast<unsigned>(at);
    }
    return bits;
  }
  /// The product of the extents of a set.
  [[nodiscard]] constexpr double size_of(unsigned bits) const {
    double product = 1;
    for (int i = 0; i < count_; ++i) {
      product *= ((bits >> static_cast<unsigned>(i)) & 1U) != 0 ? static_cast<double>(extents_[i]) : 1.;
    }
    return product;
  }

private:
  static constexpr int max_letters = 31;
  int count_ = 0;
  char letters_[max_letters]{};
  extent extents_[max_letters]{};
};

/// Which two of the values left are contracted; their product goes to the end of the list.
struct EinsumStep {
  int left = 0;
  int right = 0;
};

/// An order of pairwise contractions, and its multiplications and additions.
struct EinsumPlan {
  EinsumStep steps[max_einsum_operands - 1]{};
  int count = 0;
  double flops = 0;
  int most_axes = 0; ///< of a product on the way
};

/// The letters that the product of some values keeps: those of the result, and of the values outside.
constexpr unsigned kept_letters(const unsigned* letters, int count, unsigned inside, unsigned result) {
  unsigned all = 0;
  unsigned outside = result;
  for (int i = 0; i < count; ++i) {
    (((inside >> static_cast<unsigned>(i)) & 1U) != 0 ? all : outside) |= letters[i];
  }
  return all & outside;
}

/// Takes one step: the letters of what is left, the product last, which is returned.
constexpr unsigned contract_letters(unsigned* left, int count, const EinsumStep& step, unsigned result) {
  const unsigned pair = (1U << static_cast<unsigned>(step.left)) | (1U << static_cast<unsigned>(step.right));
  const unsigned product = kept_letters(left, count, pair, result);
  int kept = 0;
  for (int i = 0; i < count; ++i) {
    if (i != step.left && i != step.right) {
      left[kept++] = left[i];
    }
  }
  left[kept] = product;
  return product;
}

constexpr int bit_count(unsigned bits) {
  int count = 0;
  for (; bits != 0; bits &= bits - 1) {
    ++count;
  }
  return count;
}

/// The cheapest of all orders, by subsets of operands.
class EinsumSearch {
public:
  static constexpr int most = 6;

  constexpr EinsumSearch(const unsigned* letters, int count, unsigned result, const LetterTable& table) {
    const unsigned sets = 1U << static_cast<unsigned>(count);
    unsigned kept[1U << most]{};
    for (unsigned set = 1; set < sets; ++set) {
      kept[set] = kept_letters(letters, count, set, result);
      cost_[set] = -1;
      if ((set & (set - 1)) == 0) {
        cost_[set] = 0;
        continue;
      }
      for (unsigned part = (set - 1) & set; part > 0; part = (part - 1) & set) {
        const unsigned rest = set & ~part;
        const double cost = cost_[part] + cost_[rest] + 2 * table.size_of(kept[part] | kept[rest]);
        if (part > rest && (cost_[set] < 0 || cost < cost_[set])) {
          cost_[set] = cost;
          split_[set] = part;
        }
      }
    }
    for (int i = 0; i < count; ++i) {
      left_[left_count_++] = 1U << static_cast<unsigned>(i);
    }
    list(sets - 1);
    plan_.flops = cost_[sets - 1];
  }
  [[nodiscard]] constexpr const EinsumPlan& plan() const { return plan_; }

private:
  [[nodiscard]] constexpr int position(unsigned set) const {
    int at = 0;
    while (left_[at] != set) {
      ++at;
    }
    return at;
  }
  // both parts first, then their product
  constexpr void list(unsigned set) { // NOLINT(misc-no-recursion): as deep as there are operands
    if ((set & (set - 1)) == 0) {
      return;
    }
    const unsigned part = split_[set];
    list(part);
    list(set & ~part);
    const int a = position(part);
    const int b = position(set & ~part);
    plan_.steps[plan_.count++] = {a < b ? a : b, a < b ? b : a};
    int kept = 0;
    for (int i = 0; i < left_count_; ++i) {
      if (i != a && i != b) {
        left_[kept++] = left_[i];
      }
    }
    left_[kept++] = set;
    left_count_ = kept;
  }

  double cost_[1U << most]{};
  unsigned split_[1U << most]{};
  unsigned left_[most]{};
  int left_count_ = 0;
  EinsumPlan plan_{};
};

/// Pair by pair, always the cheapest.
constexpr EinsumPlan plan_greedily(const unsigned* operands, int count, unsigned result, const LetterTable& table) {
  unsigned left[max_einsum_operands]{};
  for (int i = 0; i < count; ++i) {
    left[i] = operands[i];
  }
  EinsumPlan plan;
  for (; count > 1; --count) {
    EinsumStep best;
    double cost = -1;
    for (int i = 0; i < count; ++i) {
      for (int j = i + 1; j < count; ++j) {
        const double here = 2 * table.size_of(left[i] | left[j]);
        if (cost < 0 || here < cost) {
          cost = here;
          best = {i, j};
        }
      }
    }
    plan.steps[plan.count++] = best;
    plan.flops += cost;
    contract_letters(left, count, best, result);
  }
  return plan;
}

/// The order in which operands are contracted to the axes of `result`: of up to 6 operands, the one of fewest
/// operations; beyond, greedily. (Letters that one operand alone has are summed before.)
constexpr EinsumPlan plan_einsum(const Dims* operands, int count, const Dims& result) {
  LetterTable table;
  unsigned letters[max_einsum_operands]{};
  for (int i = 0; i < count; ++i) {
    letters[i] = table.bits_of(operands[i]);
  }
  const unsigned kept = table.bits_of(result);
  for (int i = 0; i < count; ++i) {
    letters[i] = kept_letters(letters, count, 1U << static_cast<unsigned>(i), kept);
  }
  EinsumPlan plan = count <= EinsumSearch::most ? EinsumSearch(letters, count, kept, table).plan()
                                                : plan_greedily(letters, count, kept, table);
  for (int step = 0; step < plan.count; ++step, --count) {
    const int axes = bit_count(contract_letters(letters, count, plan.steps[step], kept));
    plan.most_axes = axes > plan.most_axes ? axes : plan.most_axes;
  }
  return plan;
}

/// Two operands laid out for a matrix product: the orders of their axes, which of them the product reads transposed,
/// and the axes of its result: batch, rows, columns.
struct PairPlan {
  Dims a{};
  Dims b{};
  Dims result{};
  int batch = 0;
  int contracted = 0;
  bool transpose_a = false;
  bool transpose_b = false;
  extent moved = -1; ///< elements copied into another order, the result's included
};

constexpr void append_axes(Dims& to, const Dims& from) {
  for (int i = 0; i < from.rank; ++i) {
    to.push_back(from.letters[i], from.extents[i]);
  }
}

/// The layout that moves the fewest elements. `contracted` names axes of both; other axes that both have are batch
/// axes. The result shall have the order of `wanted` (or any, where that has no axes). No result has more than max_rank
/// axes: the caller has checked.
constexpr PairPlan plan_pair(const Dims& a, const Dims& b, const Dims& contracted, const Dims& wanted) {
  struct Groups {
    Dims batch{}, contracted{}, rest{};
  };
  const auto group = [&contracted](const Dims& of, const Dims& other) {
    Groups groups;
    for (int i = 0; i < of.rank; ++i) {
      const char letter = of.letters[i];
      Dims& shared = contracted.has(letter) ? groups.contracted : groups.batch;
      Dims& list = other.has(letter) ? shared : groups.rest;
      list.push_back(letter, of.extents[i]);
    }
    return groups;
  };
  const Groups in_a = group(a, b);
  const Groups in_b = group(b, a);
  PairPlan best;
  for (int choice = 0; choice < 16; ++choice) {
    const Dims& shared = (choice & 1) != 0 ? in_b.batch : in_a.batch;
    const Dims& inner = (choice & 2) != 0 ? in_b.contracted : in_a.contracted;
    PairPlan plan;
    plan.transpose_a = (choice & 4) != 0;
    plan.transpose_b = (choice & 8) == 0; // rows by rows reads both along their lines
    plan.batch = shared.rank;
    plan.contracted = inner.rank;
    append_axes(plan.a, shared);
    append_axes(plan.a, plan.transpose_a ? inner : in_a.rest);
    append_axes(plan.a, plan.transpose_a ? in_a.rest : inner);
    append_axes(plan.b, shared);
    append_axes(plan.b, plan.transpose_b ? in_b.rest : inner);
    append_axes(plan.b, plan.transpose_b ? inner : in_b.rest);
    append_axes(plan.result, shared);
    append_axes(plan.result, in_a.rest);
    append_axes(plan.result, in_b.rest);
    const bool turned = wanted.rank > 0 && !(plan.result == wanted);
    plan.moved = (plan.a == a ? 0 : a.size()) + (plan.b == b ? 0 : b.size()) + (turned ? plan.result.size() : 0);
    if (best.moved < 0 || plan.moved < best.moved) {
      best = plan;
    }
  }
  return best;
}

} // namespace cleave::detail
