// SPDX-License-Identifier: Apache-2.0
// The step written by hand with Eigen, as one would without a framework; compiled for this machine's instruction set.
#include "work.hpp"

#include <Eigen/Core>

namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Row = Eigen::RowVectorXf;

struct Layer {
  Matrix w, dw, w_velocity, y, dy;
  Row b, db, b_velocity;

  Layer(int number, long inputs, long outputs)
      : w(outputs, inputs),
        dw(outputs, inputs),
        w_velocity(Matrix::Zero(outputs, inputs)),
        y(peers::rows, outputs),
        dy(peers::rows, outputs),
        b(Row::Zero(outputs)),
        db(outputs),
        b_velocity(Row::Zero(outputs)) {
    for (long i = 0; i < w.size(); ++i) {
      w.data()[i] = peers::weight(number, i);
    }
  }
  void forward(const Matrix& x) {
    y.noalias() = x * w.transpose();
    y.rowwise() += b;
  }
  void relu() { y = y.cwiseMax(0.F); }
  void backward(const Matrix& x) {
    dw.noalias() = dy.transpose() * x;
    db = dy.colwise().sum();
  }
  void update() {
    constexpr auto momentum = static_cast<float>(peers::momentum);
    constexpr auto rate = static_cast<float>(peers::learning_rate);
    w_velocity = momentum * w_velocity - rate * dw;
    w += w_velocity;
    b_velocity = momentum * b_velocity - rate * db;
    b += b_velocity;
  }
};

struct Mlp {
  Matrix x{peers::rows, peers::pixels};
  Layer one{0, 784, 128}, two{1, 128, 64}, three{2, 64, 10};
  Matrix p{peers::rows, 10};

  Mlp() {
    for (long i = 0; i < x.size(); ++i) {
      x.data()[i] = peers::pixel(i);
    }
  }
  void forward() {
    one.forward(x);
    one.relu();
    two.forward(one.y);
    two.relu();
    three.forward(two.y);
    p = (three.y.colwise() - three.y.rowwise().maxCoeff()).array().exp();
    p.array().colwise() /= p.rowwise().sum().array().eval();
  }
  void step() {
    forward();
    three.dy = p;
    for (long r = 0; r < peers::rows; ++r) {
      three.dy(r, peers::label(r)) -= 1;
    }
    three.dy *= 1.F / static_cast<float>(peers::rows);
    three.backward(two.y);
    two.dy.noalias() = three.dy * three.w;
    two.dy = (two.y.array() > 0).select(two.dy, 0.F);
    two.backward(one.y);
    one.dy.noalias() = two.dy * two.w;
    one.dy = (one.y.array() > 0).select(one.dy, 0.F);
    one.backward(x);
    three.update();
    two.update();
    one.update();
  }
};

} // namespace

int main() {
  Mlp net;
  for (int i = 0; i < peers::checked_steps; ++i) {
    net.step();
  }
  net.forward();
  const double loss = peers::loss(net.p.data());
  const double mlp = peers::seconds([&] { net.step(); });

  Eigen::ArrayXf x(peers::elements);
  for (long i = 0; i < peers::elements; ++i) {
    x[i] = peers::pixel(i);
  }
  const Eigen::ArrayXf y = x;
  Eigen::ArrayXf r = x;
  const double elementwise = peers::seconds([&] { r = (x * 2.F + y).max(0.F); });

  const Matrix left = net.x.topRows(64);
  const Matrix right = net.one.w;
  Matrix product(64, 128);
  const double matmul = peers::seconds([&] { product.noalias() = left * right.transpose(); });
  std::printf("{\"peer\": \"Eigen %d.%d.%d, by hand\", \"loss\": %.9g, \"mlp\": %.9g, \"elementwise\": %.9g, "
              "\"matmul\": %.9g}\n",
              EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION, loss, mlp, elementwise, matmul);
}
