// SPDX-License-Identifier: Apache-2.0
// The families op_*: one operator on one device. All inputs are leaves that may want a gradient; the head gradient
// enters as sum(y * head0), and so on.
#pragma once

#include "oracle/support.hpp"
#include "support/runner.hpp"

#include <cleave/cleave.hpp>

#include <utility>

namespace oracle {

template <class T, class S>
constexpr auto leaf(cleave::Builder& builder, const char* name) {
  return cleave::Symbol<T, S>(builder.leaf(&cleave::rule<cleave::InputLeaf>, name, S::dims, cleave::dtype_v<T>));
}
constexpr bool same(const char* a, const char* b) { return cleave::detail::same_text(a, b); }
constexpr cleave::GradientRequest write_if(bool wanted) {
  return wanted ? cleave::GradientRequest::write : cleave::GradientRequest::none;
}

/// A runner whose program the checks need not know.
class Op {
public:
  Op() = default;
  Op(const Op&) = delete;
  Op& operator=(const Op&) = delete;
  virtual ~Op() = default;
  virtual void set(const std::string& leaf, const Numbers& values) = 0;
  virtual void forward() = 0;
  virtual void backward() = 0;
  [[nodiscard]] virtual Numbers output(int index) const = 0;
  [[nodiscard]] virtual bool has_gradient(const std::string& leaf) const = 0;
  [[nodiscard]] virtual Numbers gradient(const std::string& leaf) const = 0;
  /// By what the optimizer would divide the gradients.
  [[nodiscard]] virtual double divisor() const = 0;
  [[nodiscard]] virtual std::size_t size(const std::string& leaf) const = 0;
};

template <class Program>
class TypedOp final : public Op {
  static_assert(!cleave::fault_of<Program>, "a generated program breaks a rule");

public:
  void set(const std::string& leaf, const Numbers& values) override { runner_.set(leaf, values); }
  void forward() override { runner_.forward(); }
  void backward() override { runner_.backward(); }
  [[nodiscard]] Numbers output(int index) const override { return runner_.output(index); }
  [[nodiscard]] bool has_gradient(const std::string& leaf) const override {
    return Program::request(leaf.c_str(), false) != cleave::GradientRequest::none;
  }
  [[nodiscard]] Numbers gradient(const std::string& leaf) const override { return runner_.gradient(leaf); }
  [[nodiscard]] double divisor() const override { return runner_.divisor(); }
  [[nodiscard]] std::size_t size(const std::string& leaf) const override { return runner_.size(leaf); }

private:
  test::Runner<Program, Program::rows> runner_;
};

/// Where the record is known to hold another gradient, and which.
enum class OpDifference {
  none,
  selu,    ///< lambda (alpha + y) below 0, in place of the derivative
  out_grad ///< of SoftmaxOutput with out_grad: multiplied by the output, in place of the head gradient
};

struct OpChecks {
  Tolerance tolerance;
  bool divided = false; ///< the record divides inside the head what the optimizer divides here
  /// Inputs to which nothing flows back: asking for it does not compile, and the record holds zeros.
  std::vector<std::string> zero_gradients;
  OpDifference difference = OpDifference::none;
};

/// `inputs`: the record's name of each input, and its leaf, which takes the first numbers where it is smaller;
/// `shapes`: of each output.
void check_op(Case& at, Op& op, const std::vector<std::pair<std::string, std::string>>& inputs,
              const std::vector<Extents>& shapes, const OpChecks& checks);

/// Of random masks: the values that occur, how many elements are kept, that the mask is constant along the first axis
/// where the record says so, and that what flows back passes the same mask.
void check_dropout(Case& at, Op& op);

} // namespace oracle
