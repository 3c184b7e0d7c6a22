// SPDX-License-Identifier: Apache-2.0
#include "support/gated_net.hpp"

#include <cleave/inspect/svg.hpp>

#include <catch2/catch.hpp>

#include <cstdlib>
#include <string>
#include <vector>

namespace {

using Program = test::GatedNet<3>;

struct Rectangle {
  double x, y, width, height;
};

double attribute(const std::string& element, const std::string& name) {
  const std::size_t at = element.find(' ' + name + "=\"");
  REQUIRE(at != std::string::npos);
  return std::strtod(element.c_str() + at + name.size() + 3, nullptr);
}

/// The rectangles of values: those with a title.
std::vector<Rectangle> values_in(const std::string& svg) {
  std::vector<Rectangle> found;
  for (std::size_t at = svg.find("<rect"); at != std::string::npos; at = svg.find("<rect", at + 1)) {
    const std::string element = svg.substr(at, svg.find("\n", at) - at);
    if (element.find("<title>") != std::string::npos) {
      found.push_back({attribute(element, "x"), attribute(element, "y"), attribute(element, "width"),
                       attribute(element, "height")});
    }
  }
  return found;
}

} // namespace

TEST_CASE("a picture has one rectangle a value in the activations' arena", "[inspect]") {
  const auto& plan = cleave::memory<Program, 8>;
  int values = 0;
  for (cleave::Id id = 0; id < cleave::graph<Program>.size(); ++id) {
    values += cleave::fused<Program>.root[id] == id && plan.at[id].arena == cleave::ArenaId::activations ? 1 : 0;
  }
  CHECK(static_cast<int>(values_in(cleave::memory_svg<Program, 8>()).size()) == values);
}

TEST_CASE("rectangles of values overlap nowhere and stay below the arena's line", "[inspect]") {
  const auto values = values_in(cleave::memory_svg<Program, 8>());
  constexpr double rounding = 0.02; // two digits are written
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Rectangle& a = values[i];
    CHECK(a.width > 0);
    CHECK(a.y >= 70 - rounding); // the drawing's upper edge
    CHECK(a.y + a.height <= 530 + rounding);
    CHECK(a.x + a.width <= 975 + rounding);
    for (std::size_t j = 0; j < i; ++j) {
      const Rectangle& b = values[j];
      const bool apart = a.x + a.width <= b.x + rounding || b.x + b.width <= a.x + rounding ||
                         a.y + a.height <= b.y + rounding || b.y + b.height <= a.y + rounding;
      INFO(i << " and " << j);
      CHECK(apart);
    }
  }
}

TEST_CASE("titles are escaped and the picture says what it shows", "[inspect]") {
  const std::string svg = cleave::memory_svg<Program, 8>("a < b & \"c\"");
  CHECK(svg.find("a &lt; b &amp; &quot;c&quot;") != std::string::npos);
  CHECK(svg.find("<svg") == 0);
  CHECK(svg.rfind("</svg>\n") == svg.size() - 7);
  CHECK(svg.find("bound ") != std::string::npos);
  CHECK(svg.find("arena ") != std::string::npos);
}

TEST_CASE("a program without activations is drawn as an empty picture", "[inspect]") {
  const cleave::extent arenas[cleave::arena_count] = {};
  const std::string svg = cleave::memory_svg({{}, nullptr, nullptr, arenas, 0, "nothing"});
  CHECK(values_in(svg).empty());
  CHECK(svg.find("nan") == std::string::npos);
  CHECK(svg.find("inf") == std::string::npos);
}
