// SPDX-License-Identifier: Apache-2.0
#include <cleave/base/error.hpp>
#include <cleave/device/isa.hpp>

#include "kernels/device/isa.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <string>

using Catch::Matchers::Contains;

namespace {

/// Chooses anew with another value of CLEAVE_ISA, and goes back at its end.
class With {
public:
  explicit With(const char* value) {
    const char* const now = std::getenv("CLEAVE_ISA");
    was_set_ = now != nullptr;
    before_ = was_set_ ? now : "";
    value != nullptr ? setenv("CLEAVE_ISA", value, 1) : unsetenv("CLEAVE_ISA");
    cleave::detail::chosen_isa = -1;
  }
  ~With() {
    was_set_ ? setenv("CLEAVE_ISA", before_.c_str(), 1) : unsetenv("CLEAVE_ISA");
    cleave::detail::chosen_isa = -1;
  }
  With(const With&) = delete;
  With& operator=(const With&) = delete;
  With(With&&) = delete;
  With& operator=(With&&) = delete;

private:
  bool was_set_ = false;
  std::string before_;
};

} // namespace

TEST_CASE("without a wish the widest instruction set of the processor is used", "[device][isa]") {
  const With none(nullptr);
  CHECK(cleave::isa() >= cleave::detail::unit_isa);
}

TEST_CASE("the environment names the instruction set, by name alone", "[device][isa]") {
  {
    const With least(cleave::isa_names[static_cast<int>(cleave::detail::unit_isa)]);
    CHECK(cleave::isa() == cleave::detail::unit_isa);
  }
  const With wrong("sse9");
  CHECK_THROWS_WITH(cleave::isa(), Contains("CLEAVE_ISA: the kernels are to use \"sse9\", but they were compiled for"));
  CHECK_THROWS_AS(cleave::isa(), cleave::Error); // asked again, and still refused
}
