// SPDX-License-Identifier: Apache-2.0
// Refusing a call in one sentence near the user's line. A failed static_assert is reported where it stands, with the
// calls that lead to it: g++ prints one line for each, clang three, which pushes the user's line down. Clang has an
// attribute that reports at the caller instead. So a function that checks carries both, with the same sentence:
//
//   template <class X>
//   CLEAVE_REFUSES_IF(SENTENCE, !rule<X>)
//   constexpr void expect_something() {
//     CLEAVE_EXPECTS(SENTENCE, rule<X>);
//   }
//
// A rule is a named concept over what makes it fail: compilers print its arguments. Sentences are literals (macros),
// because neither takes a constant.
#pragma once

#include <cleave/base/diagnose.hpp>

#if defined(__clang__)
#define CLEAVE_REFUSES_IF(sentence, ...)                                                                               \
  _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wgcc-compat\"")                                \
      __attribute__((diagnose_if(__VA_ARGS__, sentence, "error"))) _Pragma("clang diagnostic pop")
#define CLEAVE_EXPECTS(sentence, ...) static_assert(true)
#else
#define CLEAVE_REFUSES_IF(sentence, ...)
#define CLEAVE_EXPECTS(sentence, ...) static_assert(__VA_ARGS__, sentence)
#endif
