// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/ops/call.hpp>
#include <cleave/ops/kernels.hpp>

namespace cleave {

struct float16;
struct bfloat16;

} // namespace cleave

namespace cleave::kernels::inline CLEAVE_KERNELS {

/// Matrix products, one for each index of the batch: result [batch][m][n] of a [batch][m][k] and b [batch][k][n]; bit 0
/// of masks[0]: a is [batch][k][m], bit 1: b is [batch][n][k].
///
/// sizes = {batch, m, n, k, grain, first row, elements from one row to the next of a, b and the result, and from one
/// matrix to the next of a, b and the result}: 0 stands for matrices without gaps. With a grain, k counts rows of the
/// whole batch from the first row on; the result has one matrix [m][n] for each aligned block of grains (grain.hpp),
/// batch * m * n elements apart, and both `first row` and k are multiples of the grain (or k ends with the batch).
///
/// The epilogue: result = f(numbers[0] * sum + bias), by the bits of masks[1]: 1: numbers[0] is a factor (else it is
/// not read), 2: operand 3 is a bias for each column, 4: a bias for each row, 8: the result is added to what is there,
/// 16: f is not the activation but multiplies by its derivative, given the activation's result as operand 4, whose rows
/// lie as the result's. masks[2]: the activation, 0 none, 1 relu, 2 sigmoid, 3 tanh.
///
/// float16 and bfloat16 are element types of storage; products and sums are float, and so are biases and operand 4.
/// An element's bits depend on its row of a, its column of b, k and the grains only.
template <class T>
void contract(std::byte* const* arenas, const KernelArguments& call);

#if !defined(CLEAVE_HEADER_ONLY)
extern template void contract<float>(std::byte* const*, const KernelArguments&);
extern template void contract<double>(std::byte* const*, const KernelArguments&);
extern template void contract<float16>(std::byte* const*, const KernelArguments&);
extern template void contract<bfloat16>(std::byte* const*, const KernelArguments&);
#endif

} // namespace cleave::kernels::inline CLEAVE_KERNELS

namespace cleave {

/// A matrix product of groups of axes: result [batch...][rows...][columns...] of a [batch...][rows...][k...] and
/// b [batch...][k...][columns...]; either may have its last two groups the other way round. Groups may be empty. Axes
/// of k meet by position, so that a layer's output may have the letter of its input; `letters` are the result's.
struct Contract : OpDefaults {
  static constexpr FixedString name = "contract";
  static constexpr OpKind kind = OpKind::kernel;
  static constexpr Linearity linearity = Linearity::each;

  /// How many axes belong to the batch and to k; the other groups are what is left.
  struct Form {
    int batch = 0;
    int contracted = 0;
    bool transpose_a = false;
    bool transpose_b = false;

    [[nodiscard]] constexpr int flags() const {
      return batch | contracted << 4 | (transpose_a ? 256 : 0) | (transpose_b ? 512 : 0);
    }
    static constexpr Form of(const Attributes& attributes) {
      const int flags = attributes.flags;
      return {flags & 15, (flags >> 4) & 15, (flags & 256) != 0, (flags & 512) != 0};
    }
  };

  static constexpr Value make(const Form& form, Value a, Value b, const char* letters) {
    Attributes attributes;
    attributes.flags = form.flags();
    for (int i = 0; i < max_rank && letters[i] != '\0'; ++i) {
      attributes.letters[i] = letters[i];
    }
    return detail::append<Contract>(attributes, a, b);
  }

  static constexpr void infer(Inference& at) {
    const Dims& a = at.operands[0]->dims;
    const Dims& b = at.operands[1]->dims;
    const Groups in(Form::of(at.attributes), a, b);
    detail::infer_dtype(at);
    if (in.rows < 0 || in.columns < 0) {
      at.fault = {Rule::shapes_differ, "", "", '\0', a, b};
      return;
    }
    const auto meet = [&](int i, int j, bool by_name) {
      const bool named = !by_name || a.letters[i] == b.letters[j];
      if (!at.fault && (!named || a.extents[i] != b.extents[j])) {
        at.fault = {named ? Rule::extents_differ : Rule::shapes_differ, "", "", a.letters[i], a, b};
      }
    };
    const auto give = [&](const Dims& from, int i) {
      const char letter = at.attributes.letters[at.dims.rank < max_rank ? at.dims.rank : 0];
      if (at.dims.rank == max_rank || letter == '\0' || at.dims.has(letter)) {
        at.fault = {at.dims.rank == max_rank ? Rule::axes_too_many : Rule::axis_named_twice, "", "", letter, a, b};
      } else {
        at.dims.push_back(letter, from.extents[i]);
      }
    };
    for (int i = 0; i < in.form.batch; ++i) {
      meet(i, i, true);
      give(a, i);
    }
    for (int i = 0; i < in.form.contracted; ++i) {
      meet(in.inner_of_a() + i, in.inner_of_b() + i, false);
    }
    for (int i = 0; i < in.rows; ++i) {
      give(a, in.rows_of_a() + i);
    }
    for (int i = 0; i < in.columns; ++i) {
      give(b, in.columns_of_b() + i);
    }
  }

  // Each derivative is again a product of the same three groups.
  static constexpr Cotangents vjp(const Vjp& at) {
    const Value a = at.x(0);
    const Value b = at.x(1);
    const Dims of_a = at.dims_of_x(0);
    const Dims of_b = at.dims_of_x(1);
    const Groups in(Form::of(at.node.attributes), of_a, of_b);
    const Form& form = in.form;
    char letters_a[max_rank + 1]{};
    char letters_b[max_rank + 1]{};
    for (int i = 0; i < max_rank; ++i) {
      letters_a[i] = i < of_a.rank ? of_a.letters[i] : '\0';
      letters_b[i] = i < of_b.rank ? of_b.letters[i] : '\0';
    }
    const Value da = form.transpose_a ? make({form.batch, in.columns, form.transpose_b, true}, b, at.dy, letters_a)
                                      : make({form.batch, in.columns, false, !form.transpose_b}, at.dy, b, letters_a);
    const Value db = form.transpose_b ? make({form.batch, in.rows, true, form.transpose_a}, at.dy, a, letters_b)
                                      : make({form.batch, in.rows, !form.transpose_a, false}, a, at.dy, letters_b);
    return {da, db};
  }

  // Over the batch axis, both operands sharded, the result is a partial sum.
  static constexpr Placed place(const PlaceRequest& at) {
    const Placement a = at.operand(0);
    const Placement b = at.operand(1);
    if (a == Placement::partial || b == Placement::partial) {
      const Placement other = a == Placement::partial ? b : a;
      return {Placement::partial, other == Placement::replicated ? Rule::none : Rule::nonlinear_partial};
    }
    const Groups in(Form::of(at.at().attributes), at.dims_of_operand(0), at.dims_of_operand(1));
    const int row_a = at.dims_of_operand(0).index_of(batch_axis);
    const int row_b = at.dims_of_operand(1).index_of(batch_axis);
    const bool inner_a = row_a >= in.inner_of_a() && row_a < in.inner_of_a() + in.form.contracted;
    const bool inner_b = row_b >= in.inner_of_b() && row_b < in.inner_of_b() + in.form.contracted;
    if (inner_a || inner_b) {
      const bool meet = inner_a && inner_b && row_a - in.inner_of_a() == row_b - in.inner_of_b();
      return {Placement::partial, meet ? Rule::none : Rule::batch_axis_mixed};
    }
    const Placement kept = a == Placement::per_device || b == Placement::replicated ? a : b;
    const bool apart = row_a >= 0 && row_b >= 0 && (row_a != row_b || row_a >= in.form.batch);
    return {kept, apart ? Rule::batch_axis_mixed : Rule::none};
  }

  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    const Node& node = graph[id];
    const Dims& a = graph[node.operands[0]].dims;
    const Dims& b = graph[node.operands[1]].dims;
    const Groups in(Form::of(node.attributes), a, b);
    KernelCall call;
    call.kernel = detail::pick_kernel(node.dtype, &kernels::contract<float>, &kernels::contract<double>);
    call.sizes[0] = product(a, 0, in.form.batch);
    call.sizes[1] = product(a, in.rows_of_a(), in.rows);
    call.sizes[2] = product(b, in.columns_of_b(), in.columns);
    call.sizes[3] = product(a, in.inner_of_a(), in.form.contracted);
    call.masks[0] = static_cast<std::uint8_t>((in.form.transpose_a ? 1 : 0) | (in.form.transpose_b ? 2 : 0));
    return call;
  }
  static constexpr double count_flops(const GraphView& graph, Id id) {
    const KernelCall call = lower(graph, id);
    return 2. * static_cast<double>(call.sizes[0]) * static_cast<double>(call.sizes[1]) *
           static_cast<double>(call.sizes[2]) * static_cast<double>(call.sizes[3]);
  }

private:
  /// Where each group begins.
  struct Groups {
    Form form;
    int rows;
    int columns;
    constexpr Groups(const Form& of, const Dims& a, const Dims& b)
        : form(of), rows(a.rank - of.batch - of.contracted), columns(b.rank - of.batch - of.contracted) {}
    [[nodiscard]] constexpr int rows_of_a() const { return form.batch + (form.transpose_a ? form.contracted : 0); }
    [[nodiscard]] constexpr int inner_of_a() const { return form.batch + (form.transpose_a ? 0 : rows); }
    [[nodiscard]] constexpr int columns_of_b() const { return form.batch + (form.transpose_b ? 0 : form.contracted); }
    [[nodiscard]] constexpr int inner_of_b() const { return form.batch + (form.transpose_b ? columns : 0); }
  };
  static constexpr extent product(const Dims& dims, int first, int count) {
    extent all = 1;
    for (int i = first; i < first + count; ++i) {
      all *= dims.extents[i];
    }
    return all;
  }
};

} // namespace cleave

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(cpu, contract)
#endif
