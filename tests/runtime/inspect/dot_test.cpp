// SPDX-License-Identifier: Apache-2.0
#include "support/programs.hpp"

#include <cleave/inspect/dot.hpp>

#include <catch2/catch.hpp>

#include <set>
#include <sstream>
#include <string>

namespace {

using cleave::Shape;
using cleave::axes::C, cleave::axes::N;

struct Net : test::Trains {
  static constexpr void trace(cleave::Builder& b) {
    const auto x = test::input<test::Batch>(b, "x");
    test::input<Shape<N<4>>>(b, "softmax_label");
    b.output(
        cleave::softmax_output<"softmax">(cleave::linear<"fc2", C<2>>(relu(cleave::linear<"fc1", C<5>>(x) * 0.5))).id);
  }
};

int count(const std::string& text, const std::string& what) {
  int found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) {
    ++found;
  }
  return found;
}

/// The name at the start of a line, without blanks.
std::string first_word(const std::string& line) {
  const std::size_t begin = line.find_first_not_of(' ');
  return begin == std::string::npos ? "" : line.substr(begin, line.find(' ', begin) - begin);
}

} // namespace

TEST_CASE("a drawing has one box a kernel and one ellipse a named leaf", "[inspect]") {
  const std::string text = cleave::dot<Net>();
  CHECK(count(text, "shape=ellipse") == 6); // two inputs, four parameters
  CHECK(count(text, "\\l\"") == cleave::fused<Net>.kernels);
  CHECK(count(text, "penwidth=2") == 2); // scale, bias and relu; their derivative
  CHECK(text.find("add\\l%") != std::string::npos);
  CHECK(text.find("mul 0.5\\l") != std::string::npos);
  CHECK(text.find("cluster_forward") < text.find("cluster_backward"));
}

TEST_CASE("edges join nodes that are there and carry shapes", "[inspect]") {
  std::istringstream lines(cleave::dot<Net>());
  std::set<std::string> nodes;
  int edges = 0;
  int opened = 0;
  std::string line;
  while (std::getline(lines, line)) {
    opened += count(line, "{") - count(line, "}");
    if (const std::size_t arrow = line.find(" -> "); arrow != std::string::npos) {
      ++edges;
      const std::string to = line.substr(arrow + 4, line.find(' ', arrow + 4) - arrow - 4);
      INFO(line);
      CHECK(nodes.count(first_word(line)) == 1);
      CHECK(nodes.count(to) == 1);
      const bool shaped = line.find("[label=\"N4") != std::string::npos ||
                          line.find("[label=\"C") != std::string::npos || line.find("[label=\"O") != std::string::npos;
      CHECK(shaped);
    } else if (line.find("[label=") != std::string::npos) {
      CHECK(nodes.insert(first_word(line)).second);
    }
  }
  CHECK(opened == 0);
  CHECK(edges > cleave::fused<Net>.kernels);
}

TEST_CASE("boxes have the colour of their placement", "[inspect]") {
  const std::string text = cleave::dot<Net>();
  const auto colour_after = [&text](const std::string& what) {
    const std::size_t at = text.find("fillcolor=\"", text.find(what)) + 11;
    return text.substr(at, 7);
  };
  const auto legend = [&](const char* placement) { return colour_after(std::string("legend_") + placement); };
  CHECK(colour_after("[label=\"x\\n") == legend("sharded"));
  CHECK(colour_after("[label=\"fc1_weight\\n") == legend("replicated"));
  CHECK(colour_after("softmax_output (softmax)") == legend("sharded"));
  CHECK(colour_after(" sum\\l") == legend("partial")); // the gradient of a bias
  CHECK(legend("sharded") != legend("partial"));
}

TEST_CASE("names with quotes stay inside theirs", "[inspect]") {
  cleave::Node leaf;
  leaf.op = &cleave::rule<cleave::InputLeaf>;
  leaf.name = "a\"b\\c";
  const cleave::GraphView graph{&leaf, 1, nullptr, 0, 1, cleave::Normaliser::unset, {}, false};
  const cleave::Id root = cleave::no_id;
  const cleave::Placement placement = cleave::Placement::replicated;
  CHECK(cleave::dot(graph, &root, &placement).find(R"(a\"b\\c)") != std::string::npos);
}
