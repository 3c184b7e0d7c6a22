// SPDX-License-Identifier: Apache-2.0
// Macros that system headers and compilers define without being asked: a header that uses such a name does not compile.
#pragma once

// clang-format off
#define I         "is a macro of <complex.h>"
#define B0        "is a macro of <termios.h>"
#define OVERFLOW  "is a macro of <math.h>"
#define UNDERFLOW "is a macro of <math.h>"
#define DOMAIN    "is a macro of <math.h>"
#define major     "is a macro of <sys/sysmacros.h>"
#define minor     "is a macro of <sys/sysmacros.h>"
#define linux     "is a macro of compilers with GNU extensions"
#define unix      "is a macro of compilers with GNU extensions"
#define small     "is a macro of Windows"
#define near      "is a macro of Windows"
#define far       "is a macro of Windows"
#define interface "is a macro of Windows"
#define IN        "is a macro of Windows"
#define OUT       "is a macro of Windows"
#define ERROR     "is a macro of Windows"
// clang-format on
