// SPDX-License-Identifier: Apache-2.0
// Refusing a call in one sentence near the user's line. A failed static_assert is reported where it stands, with the
// calls that lead to it: g++ prints one line for each, clang three, which pushes the user's line down. Clang has an
// attribute that reports at the caller instead. So a function that checks carries both, with the same sentences; it
// states each rule once, in a list, the first broken one being reported:
//
//   #define CLEAVE_RULES(RULE) // (with a backslash at the end of each line but the last)
//     RULE("flip: expects a tensor or a view", has_memory<void, X>)
//     RULE("flip: the shape has no axis of that letter", axis_is_present<void, Letter, typename X::shape>)
//   CLEAVE_JUDGE(flip, CLEAVE_RULES, char Letter, class X, bool Known = refused_operand<X>)
//   #undef CLEAVE_RULES
//
// defines `expect_flip<Letter, X>()`, to be called in the function that users name, and the constant expression
// `flip_is_right<Letter, X>()`. Where `Known` holds nothing is reported: an operand was refused before.
//
// A rule is a named concept over what makes it fail: compilers print its arguments, and where an operand lacks what a
// later rule looks at, that rule is false instead of ill-formed. Sentences are literals, because neither static_assert
// nor the attribute takes a constant.
#pragma once

#include <cleave/base/diagnose.hpp>

#if defined(__clang__)
#define CLEAVE_REFUSES_IF(sentence, ...)                                                                               \
  _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wgcc-compat\"")                                \
      __attribute__((diagnose_if(__VA_ARGS__, sentence, "error"))) _Pragma("clang diagnostic pop")
#define CLEAVE_EXPECTS(sentence, ...) static_assert(true)
#define CLEAVE_REFUSAL(sentence, ...) CLEAVE_REFUSES_IF(sentence, !(Known || (__VA_ARGS__)))
#define CLEAVE_ASSERTION(sentence, ...)
#else
#define CLEAVE_REFUSES_IF(sentence, ...)
#define CLEAVE_EXPECTS(sentence, ...) static_assert(__VA_ARGS__, sentence)
#define CLEAVE_REFUSAL(sentence, ...)
#define CLEAVE_ASSERTION(sentence, ...)                                                                                \
  if constexpr (!(Known || (__VA_ARGS__))) {                                                                           \
    static_assert(__VA_ARGS__, sentence);                                                                              \
  } else
#endif
#define CLEAVE_CONJUNCT(sentence, ...) &&(__VA_ARGS__)

// The variadic arguments are template parameters, the last of them `bool Known`.
#define CLEAVE_JUDGE(name, rules, ...)                                                                                 \
  template <__VA_ARGS__>                                                                                               \
  constexpr bool name##_is_right() {                                                                                   \
    return !Known rules(CLEAVE_CONJUNCT);                                                                              \
  }                                                                                                                    \
  template <__VA_ARGS__>                                                                                               \
  rules(CLEAVE_REFUSAL) constexpr void expect_##name() {                                                               \
    rules(CLEAVE_ASSERTION) {}                                                                                         \
  }
