// SPDX-License-Identifier: Apache-2.0
// What every recorded case is checked with: its arrays by path, comparing, and the book of results. No JSON header and
// no Cleave header is seen here, so that generated units stay cheap.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

namespace oracle {

using Numbers = std::vector<double>;
using Extents = std::vector<long>;

struct Array {
  Extents shape;
  Numbers data;
};

/// |a - b| <= absolute + relative * |b|; not a number equals not a number.
struct Tolerance {
  double relative = 0;
  double absolute = 0;
};

struct Failure {
  std::string step; ///< empty outside steps
  std::string field;
  std::string index;
  std::string expected;
  std::string came;
};

/// One recorded case while it is being checked. Paths are JSON pointers: "steps/0/outputs/1"; names of parameters and
/// inputs are joined with `in`.
class Case {
public:
  explicit Case(const void* json) : json_(json) {}

  /// Present and not null.
  [[nodiscard]] bool has(const std::string& path) const;
  [[nodiscard]] int size(const std::string& path) const;
  [[nodiscard]] double number(const std::string& path) const;
  [[nodiscard]] double number_or(const std::string& path, double otherwise) const;
  [[nodiscard]] bool truth(const std::string& path) const;
  [[nodiscard]] std::string text(const std::string& path) const;
  [[nodiscard]] bool is_list(const std::string& path) const;
  /// {"shape", "data"}, or a plain list of numbers.
  [[nodiscard]] Array array(const std::string& path) const;
  [[nodiscard]] std::vector<std::string> texts(const std::string& path) const;

  void begin_step(int step) { step_ = std::to_string(step); }
  void compare(const std::string& field, const Array& expected, const Array& came, const Tolerance& tolerance);
  /// Of a parameter: a layer may keep apart the axes that MXNet flattens in its weight.
  void compare_parameter(const std::string& field, const Array& expected, Array came, const Tolerance& tolerance);
  void compare(const std::string& field, double expected, double came, const Tolerance& tolerance);
  void expect(const std::string& field, const std::string& expected, const std::string& came);
  void expect(const std::string& field, bool expected, bool came);
  void fail(Failure failure);

  [[nodiscard]] const std::vector<Failure>& failures() const { return failures_; }
  [[nodiscard]] int checks() const { return checks_; }

private:
  const void* json_;
  std::string step_;
  std::vector<Failure> failures_;
  int checks_ = 0;
};

/// `path` + "/" + `name`, escaped.
std::string in(const std::string& path, const std::string& name);
inline std::string in(const std::string& path, int index) { return path + "/" + std::to_string(index); }

/// "(8,2)"
std::string spell(const Extents& shape);

struct Entry {
  const char* family;
  const char* id;
  void (*run)(Case&);
};

/// Enters a unit's cases into the book, before main begins.
struct Registration {
  Registration(std::initializer_list<Entry> entries);
};

} // namespace oracle
