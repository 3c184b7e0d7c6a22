// SPDX-License-Identifier: Apache-2.0
// The forward pass is checked against plain loops, gradients against differences of the forward pass.
#include "kernels/cpu/grain.hpp"
#include "support/kernel_call.hpp"
#include "support/numbers.hpp"

#include <cleave/device/team.hpp>
#include <cleave/ops/recurrent_kernels.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>
#include <vector>

using cleave::extent;
using cleave::RecurrentMode;
using test::numbers;

namespace kernels = cleave::kernels;

namespace {

constexpr RecurrentMode modes[] = {RecurrentMode::rnn_relu, RecurrentMode::rnn_tanh, RecurrentMode::lstm,
                                   RecurrentMode::gru};

template <class T>
using Numbers = std::vector<T>;

template <class T>
struct Layer {
  extent steps;
  extent rows;
  extent units;
  RecurrentMode mode;
  bool reverse;
  extent width = cleave::gates_of(mode) * units;
  Numbers<T> x = numbers<T>(steps * rows * width, 1);
  Numbers<T> weights = numbers<T>(width * units, 2);
  Numbers<T> bias = numbers<T>(width, 3);
  Numbers<T> h = numbers<T>(rows * units, 4);
  Numbers<T> c = numbers<T>(rows * units, 5);

  void set_sizes(test::KernelCall& call) const {
    const extent all[] = {steps, rows, units, static_cast<extent>(mode), reverse ? 1 : 0};
    std::copy(std::begin(all), std::end(all), call.arguments.sizes);
  }
  [[nodiscard]] extent plane() const { return steps * rows * units; }
  [[nodiscard]] bool is_lstm() const { return mode == RecurrentMode::lstm; }

  [[nodiscard]] Numbers<T> record() const {
    Numbers<T> out(static_cast<std::size_t>(cleave::record_planes_of(mode) * plane()), T(99));
    test::KernelCall call(out, {x.data(), weights.data(), bias.data(), h.data(), c.data()}, {});
    set_sizes(call);
    call.run(&kernels::recurrent<T>);
    return out;
  }
};

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// The same by plain loops, in double: h and c of all steps.
template <class T>
std::pair<Numbers<double>, Numbers<double>> expected(const Layer<T>& layer) {
  const extent units = layer.units;
  const auto at = [](extent i) { return static_cast<std::size_t>(i); };
  Numbers<double> hs(at(layer.plane()));
  Numbers<double> cs(at(layer.plane()));
  for (extent row = 0; row < layer.rows; ++row) {
    Numbers<double> h(layer.h.begin() + row * units, layer.h.begin() + (row + 1) * units);
    Numbers<double> c(layer.c.begin() + row * units, layer.c.begin() + (row + 1) * units);
    for (extent k = 0; k < layer.steps; ++k) {
      const extent t = layer.reverse ? layer.steps - 1 - k : k;
      Numbers<double> x(at(layer.width));
      Numbers<double> u(at(layer.width));
      for (extent g = 0; g < layer.width; ++g) {
        x[at(g)] = static_cast<double>(layer.x[at((t * layer.rows + row) * layer.width + g)]);
        u[at(g)] = static_cast<double>(layer.bias[at(g)]);
        for (extent j = 0; j < units; ++j) {
          u[at(g)] += h[at(j)] * static_cast<double>(layer.weights[at(g * units + j)]);
        }
      }
      const auto sum = [&](extent gate, extent j) { return x[at(gate * units + j)] + u[at(gate * units + j)]; };
      for (extent j = 0; j < units; ++j) {
        switch (layer.mode) {
        case RecurrentMode::rnn_relu:
          h[at(j)] = std::fmax(0, sum(0, j));
          break;
        case RecurrentMode::rnn_tanh:
          h[at(j)] = std::tanh(sum(0, j));
          break;
        case RecurrentMode::lstm:
          c[at(j)] = sigmoid(sum(1, j)) * c[at(j)] + sigmoid(sum(0, j)) * std::tanh(sum(2, j));
          h[at(j)] = sigmoid(sum(3, j)) * std::tanh(c[at(j)]);
          break;
        case RecurrentMode::gru: {
          const double n = std::tanh(x[at(2 * units + j)] + sigmoid(sum(0, j)) * u[at(2 * units + j)]);
          const double z = sigmoid(sum(1, j));
          h[at(j)] = (1 - z) * n + z * h[at(j)];
          break;
        }
        }
        hs[at((t * layer.rows + row) * units + j)] = h[at(j)];
        cs[at((t * layer.rows + row) * units + j)] = c[at(j)];
      }
    }
  }
  return {hs, cs};
}

/// Weights of a loss that reads everything a layer returns: all h, the last h and the last c.
struct Loss {
  Numbers<double> of_h;
  Numbers<double> of_last_h;
  Numbers<double> of_last_c;
  explicit Loss(const Layer<double>& layer)
      : of_h(numbers<double>(layer.plane(), 11)),
        of_last_h(numbers<double>(layer.rows * layer.units, 12)),
        of_last_c(numbers<double>(layer.rows * layer.units, 13)) {}

  [[nodiscard]] double of(const Layer<double>& layer) const {
    const Numbers<double> record = layer.record();
    double loss = 0;
    for (std::size_t i = 0; i < of_h.size(); ++i) {
      loss += of_h[i] * record[i];
    }
    const extent last = layer.reverse ? 0 : layer.steps - 1;
    for (std::size_t i = 0; i < of_last_h.size(); ++i) {
      const std::size_t at = static_cast<std::size_t>(last * layer.rows * layer.units) + i;
      loss += of_last_h[i] * record[at];
      loss += layer.is_lstm() ? of_last_c[i] * record[static_cast<std::size_t>(layer.plane()) + at] : 0;
    }
    return loss;
  }
};

struct Gradients {
  Numbers<double> x;
  Numbers<double> u;
  Numbers<double> h;
  Numbers<double> c;
};

Gradients gradients(const Layer<double>& layer, const Loss& loss) {
  const Numbers<double> record = layer.record();
  const extent gates = layer.steps * layer.rows * layer.width;
  const extent state = layer.rows * layer.units;
  const extent apart = layer.mode == RecurrentMode::gru ? gates : 0;
  Numbers<double> all(static_cast<std::size_t>(gates + apart + 2 * state), 99);
  test::KernelCall call(all.data(),
                        {record.data(), layer.weights.data(), layer.h.data(), layer.c.data(), loss.of_h.data(),
                         loss.of_last_h.data(), loss.of_last_c.data()},
                        {});
  layer.set_sizes(call);
  call.arguments.masks[0] = layer.is_lstm() ? 3 : 1;
  call.run(&kernels::recurrent_gradient<double>);
  const auto from = all.begin();
  const auto part = [&](extent begin, extent count) { return Numbers<double>(from + begin, from + begin + count); };
  return {part(0, gates), part(apart, gates), part(gates + apart, state), part(gates + apart + state, state)};
}

Numbers<double> weight_gradient(const Layer<double>& layer, const Numbers<double>& du, const Numbers<double>& record) {
  Numbers<double> out(layer.weights.size(), 99);
  test::KernelCall call(out, {du.data(), record.data(), layer.h.data()}, {});
  layer.set_sizes(call);
  call.run(&kernels::recurrent_weight_gradient<double>);
  return out;
}

/// Whether `gradient` holds the derivatives of the loss by `values`, which belong to the layer.
void check_derivatives(Layer<double>& layer, const Loss& loss, Numbers<double>& values,
                       const Numbers<double>& gradient) {
  REQUIRE(gradient.size() == values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double kept = values[i];
    constexpr double h = 1e-6;
    values[i] = kept + h;
    const double above = loss.of(layer);
    values[i] = kept - h;
    const double below = loss.of(layer);
    values[i] = kept;
    CHECK(gradient[i] == Approx((above - below) / (2 * h)).epsilon(1e-6).margin(1e-7));
  }
}

} // namespace

TEMPLATE_TEST_CASE("a recurrent layer equals its plain loops", "[kernels][recurrent]", float, double) {
  const extent sizes[][3] = {{1, 1, 1},  {2, 3, 5},   {3, 7, 2},   {5, 2, 13},
                             {7, 13, 3}, {2, 33, 29}, {4, 31, 33}, {1, 130, 7}};
  for (const RecurrentMode mode : modes) {
    for (const auto& size : sizes) {
      for (const bool reverse : {false, true}) {
        const Layer<TestType> layer{size[0], size[1], size[2], mode, reverse};
        const Numbers<TestType> record = layer.record();
        const auto [h, c] = expected(layer);
        double worst = 0;
        for (std::size_t i = 0; i < h.size(); ++i) {
          worst = std::fmax(worst, std::fabs(static_cast<double>(record[i]) - h[i]) / (1 + std::fabs(h[i])));
          if (layer.is_lstm()) {
            worst =
                std::fmax(worst, std::fabs(static_cast<double>(record[h.size() + i]) - c[i]) / (1 + std::fabs(c[i])));
          }
        }
        CAPTURE(size[0], size[1], size[2], static_cast<int>(mode), reverse);
        CHECK(worst < (sizeof(TestType) == 4 ? 1e-4 : 1e-12));
      }
    }
  }
}

TEST_CASE("gradients of a recurrent layer are those of its differences", "[kernels][recurrent]") {
  for (const RecurrentMode mode : modes) {
    for (const bool reverse : {false, true}) {
      for (const extent rows : {1, 3}) {
        Layer<double> layer{3, rows, 2, mode, reverse};
        const Loss loss(layer);
        const Gradients found = gradients(layer, loss);
        check_derivatives(layer, loss, layer.x, found.x);
        check_derivatives(layer, loss, layer.h, found.h);
        check_derivatives(layer, loss, layer.weights, weight_gradient(layer, found.u, layer.record()));
        Numbers<double> of_bias(layer.bias.size(), 0);
        for (std::size_t i = 0; i < found.u.size(); ++i) {
          of_bias[i % of_bias.size()] += found.u[i];
        }
        check_derivatives(layer, loss, layer.bias, of_bias);
        if (layer.is_lstm()) {
          check_derivatives(layer, loss, layer.c, found.c);
        }
      }
    }
  }
}

TEST_CASE("two steps of MXNet's cells: every weight 0.5, data 1", "[kernels][recurrent]") {
  const auto h_of = [](RecurrentMode mode) {
    Layer<float> layer{2, 1, 1, mode, false};
    for (Numbers<float>* values : {&layer.x, &layer.weights}) {
      values->assign(values->size(), 0.5F);
    }
    for (Numbers<float>* values : {&layer.bias, &layer.h, &layer.c}) {
      values->assign(values->size(), 0);
    }
    return layer.record();
  };
  const Numbers<float> lstm = h_of(RecurrentMode::lstm);
  CHECK(lstm[0] == Approx(0.17426972).epsilon(1e-6));
  CHECK(lstm[1] == Approx(0.30905893).epsilon(1e-6));
  CHECK(lstm[2] == Approx(0.28764914).epsilon(1e-6));
  CHECK(lstm[3] == Approx(0.52411572).epsilon(1e-6));
  const Numbers<float> gru = h_of(RecurrentMode::gru);
  CHECK(gru[0] == Approx(0.17446802).epsilon(1e-6));
  CHECK(gru[1] == Approx(0.29257646).epsilon(1e-6));
}

TEST_CASE("a row has the same bits however many ride along, and on any number of threads", "[kernels][recurrent]") {
  for (const RecurrentMode mode : modes) {
    const Layer<float> all{6, 70, 40, mode, false};
    const Numbers<float> record = all.record();
    cleave::Team team(3);
    {
      const cleave::Team::Use use(team);
      CHECK(all.record() == record);
    }
    Layer<float> last{6, 1, 40, mode, false};
    last.weights = all.weights;
    last.bias = all.bias;
    last.h.assign(all.h.end() - 40, all.h.end());
    last.c.assign(all.c.end() - 40, all.c.end());
    for (extent t = 0; t < 6; ++t) {
      std::copy_n(all.x.begin() + ((t + 1) * 70 - 1) * all.width, all.width, last.x.begin() + t * all.width);
    }
    const Numbers<float> alone = last.record();
    for (extent t = 0; t < 6; ++t) {
      CHECK(std::equal(alone.begin() + t * 40, alone.begin() + (t + 1) * 40, record.begin() + ((t + 1) * 70 - 1) * 40));
    }
  }
}

TEST_CASE("the weight gradient has the same bits for every cut of the rows into slices of grains",
          "[kernels][recurrent][grain]") {
  constexpr extent grain = 3;
  constexpr extent rows = 23; // the last grain has 2
  constexpr extent steps = 4;
  constexpr extent units = 9;
  const Layer<float> layer{steps, rows, units, RecurrentMode::lstm, false};
  const extent count = layer.width * units;
  const Numbers<float> du = numbers<float>(steps * rows * layer.width, 21);
  const Numbers<float> h = numbers<float>(steps * rows * units, 22);
  const auto rows_of = [](const Numbers<float>& all, extent blocks, extent width, extent first, extent last) {
    Numbers<float> part;
    for (extent t = 0; t < blocks; ++t) {
      part.insert(part.end(), all.begin() + (t * rows + first) * width, all.begin() + (t * rows + last) * width);
    }
    return part;
  };
  const auto joined = [&](const std::vector<extent>& borders) { // in grains
    Numbers<float> roots;
    for (std::size_t i = 0; i + 1 < borders.size(); ++i) {
      const extent first = borders[i] * grain;
      const extent last = std::min(borders[i + 1] * grain, rows);
      const auto before = roots.size();
      roots.resize(before + static_cast<std::size_t>(kernels::count_roots(borders[i], borders[i + 1]) * count));
      const Numbers<float> cotangents = rows_of(du, steps, layer.width, first, last);
      const Numbers<float> states = rows_of(h, steps, units, first, last);
      const Numbers<float> start = rows_of(layer.h, 1, units, first, last);
      test::KernelCall call(roots.data() + before, {cotangents.data(), states.data(), start.data()},
                            {steps, last - first, units, static_cast<extent>(RecurrentMode::lstm), 0, grain, first});
      call.run(&kernels::recurrent_weight_gradient<float>);
    }
    kernels::join_roots(roots.data(), count, count, borders.data(), static_cast<int>(borders.size()) - 1);
    roots.resize(static_cast<std::size_t>(count));
    return roots;
  };
  const Numbers<float> whole = joined({0, 8});
  for (const auto& borders : std::vector<std::vector<extent>>{
           {0, 4, 8}, {0, 1, 8}, {0, 3, 8}, {0, 3, 5, 8}, {0, 2, 4, 6, 8}, {0, 1, 2, 3, 4, 5, 6, 7, 8}}) {
    CHECK(joined(borders) == whole);
  }
}
