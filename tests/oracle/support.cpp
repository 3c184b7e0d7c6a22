// SPDX-License-Identifier: Apache-2.0
// The book of results, and the program's main function. The only place that parses JSON.
#include "oracle/support.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <utility>

namespace oracle {
namespace {

using Json = nlohmann::json;

std::vector<Entry>& entries() {
  static std::vector<Entry> all;
  return all;
}

double to_number(const Json& value) {
  if (value.is_string()) {
    const std::string text = value;
    if (text == "nan") {
      return std::nan("");
    }
    if (text != "inf" && text != "-inf") {
      throw std::runtime_error("a text where a number is due: " + text);
    }
    return text == "inf" ? INFINITY : -INFINITY;
  }
  if (value.is_boolean()) {
    return value.get<bool>() ? 1 : 0;
  }
  return value.get<double>();
}

const Json& find(const void* json, const std::string& path) {
  return static_cast<const Json*>(json)->at(Json::json_pointer("/" + path));
}

std::string spell(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

std::string spell_index(const Extents& shape, std::size_t flat) {
  std::string text;
  for (std::size_t i = shape.size(); i-- > 0;) {
    const auto count = static_cast<std::size_t>(shape[i]);
    text = std::to_string(flat % count) + (text.empty() ? "" : "," + text);
    flat /= count;
  }
  return "[" + text + "]";
}

bool agree(double expected, double came, const Tolerance& tolerance) {
  if (std::isnan(expected) || std::isnan(came)) {
    return std::isnan(expected) && std::isnan(came);
  }
  return expected == came ||
         std::fabs(came - expected) <= tolerance.absolute + tolerance.relative * std::fabs(expected);
}

} // namespace

std::string spell(const Extents& shape) {
  std::string text;
  for (const long extent : shape) {
    text += (text.empty() ? "" : ",") + std::to_string(extent);
  }
  return "(" + text + ")";
}

std::string in(const std::string& path, const std::string& name) {
  std::string escaped;
  for (const char c : name) {
    escaped += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  }
  return path + "/" + escaped;
}

bool Case::has(const std::string& path) const {
  const auto* const json = static_cast<const Json*>(json_);
  const Json::json_pointer pointer("/" + path);
  return json->contains(pointer) && !json->at(pointer).is_null();
}
int Case::size(const std::string& path) const { return has(path) ? static_cast<int>(find(json_, path).size()) : 0; }
double Case::number(const std::string& path) const { return to_number(find(json_, path)); }
double Case::number_or(const std::string& path, double otherwise) const { return has(path) ? number(path) : otherwise; }
bool Case::truth(const std::string& path) const { return has(path) && find(json_, path).get<bool>(); }
std::string Case::text(const std::string& path) const { return find(json_, path).get<std::string>(); }
bool Case::is_list(const std::string& path) const { return find(json_, path).is_array(); }

Array Case::array(const std::string& path) const {
  const Json& value = find(json_, path);
  const Json& data = value.is_object() ? value.at("data") : value;
  Array array;
  for (const Json& one : data) {
    array.data.push_back(to_number(one));
  }
  array.shape = value.is_object() ? value.at("shape").get<Extents>() : Extents{static_cast<long>(array.data.size())};
  return array;
}

std::vector<std::string> Case::texts(const std::string& path) const {
  return find(json_, path).get<std::vector<std::string>>();
}

void Case::fail(Failure failure) {
  failure.step = step_;
  failures_.push_back(std::move(failure));
}

void Case::compare(const std::string& field, const Array& expected, const Array& came, const Tolerance& tolerance) {
  ++checks_;
  if (expected.shape != came.shape) {
    fail({"", field, "shape", oracle::spell(expected.shape), oracle::spell(came.shape)});
    return;
  }
  for (std::size_t i = 0; i < expected.data.size(); ++i) {
    if (!agree(expected.data[i], came.data[i], tolerance)) {
      fail({"", field, spell_index(expected.shape, i), spell(expected.data[i]), spell(came.data[i])});
      return; // the first is enough
    }
  }
}

void Case::compare_parameter(const std::string& field, const Array& expected, Array came, const Tolerance& tolerance) {
  const bool flattened = came.shape.size() > expected.shape.size() && came.data.size() == expected.data.size() &&
                         !expected.shape.empty() && came.shape.front() == expected.shape.front();
  came.shape = flattened ? expected.shape : came.shape;
  compare(field, expected, came, tolerance);
}

void Case::compare(const std::string& field, double expected, double came, const Tolerance& tolerance) {
  ++checks_;
  if (!agree(expected, came, tolerance)) {
    fail({"", field, "", spell(expected), spell(came)});
  }
}

void Case::expect(const std::string& field, const std::string& expected, const std::string& came) {
  ++checks_;
  if (expected != came) {
    fail({"", field, "", expected, came});
  }
}

void Case::expect(const std::string& field, bool expected, bool came) {
  expect(field, std::string(expected ? "yes" : "no"), std::string(came ? "yes" : "no"));
}

Registration::Registration(std::initializer_list<Entry> list) {
  entries().insert(entries().end(), list.begin(), list.end());
}

namespace {

Json read_json(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    throw std::runtime_error(path + " cannot be read");
  }
  return Json::parse(file);
}

/// family -> reason -> cases
using Reasons = std::map<std::string, std::map<std::string, int>>;

struct Family {
  int passed = 0;
  int failed = 0;
  int unsupported = 0;
  std::vector<std::string> different; ///< "ID: which listed difference"
};

/// Lines "FAMILY COUNT REASON"; # begins a comment.
Reasons read_accepted(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    throw std::runtime_error(path + " cannot be read");
  }
  Reasons accepted;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') {
      continue;
    }
    const std::size_t first = line.find(' ');
    const std::size_t second = line.find(' ', first + 1);
    accepted[line.substr(0, first)][line.substr(second + 1)] = std::stoi(line.substr(first + 1, second - first - 1));
  }
  return accepted;
}

/// Whether nothing is unsupported that was not accepted.
bool compare_with_accepted(const Reasons& reasons, const std::string& path) {
  const Reasons accepted = read_accepted(path);
  const auto count = [](const Reasons& all, const std::string& family, const std::string& reason) {
    const auto of = all.find(family);
    const auto at = of == all.end() ? std::map<std::string, int>::const_iterator{} : of->second.find(reason);
    return of == all.end() || at == of->second.end() ? 0 : at->second;
  };
  bool grew = false;
  for (const auto& [family, of] : reasons) {
    for (const auto& [reason, cases] : of) {
      if (cases > count(accepted, family, reason)) {
        grew = true;
        std::printf("oracle: more is unsupported than unsupported.txt accepts: %s, %s: %d cases, accepted %d\n",
                    family.c_str(), reason.c_str(), cases, count(accepted, family, reason));
      }
    }
  }
  for (const auto& [family, of] : accepted) {
    for (const auto& [reason, cases] : of) {
      if (count(reasons, family, reason) < cases) {
        std::printf("oracle: unsupported.txt can shrink: %s, %s: %d cases, accepted %d\n", family.c_str(),
                    reason.c_str(), count(reasons, family, reason), cases);
      }
    }
  }
  return !grew;
}

void print_failure(const std::string& family, const std::string& id, const Failure& failure) {
  std::printf("FAILED %s %s%s%s, %s%s%s: expected %s, came %s\n", family.c_str(), id.c_str(),
              failure.step.empty() ? "" : ", step ", failure.step.c_str(), failure.field.c_str(),
              failure.index.empty() ? "" : " ", failure.index.c_str(), failure.expected.c_str(), failure.came.c_str());
}

/// Whether the case passed.
bool run_case(const std::string& family, const std::string& id, const Entry* entry, const Json* json) {
  if (entry == nullptr || json == nullptr) {
    print_failure(family, id,
                  {"", "test", "", "one generated test", entry == nullptr ? "none" : "one without its case"});
    return false;
  }
  Case at(json);
  try {
    entry->run(at);
    if (at.checks() == 0) {
      at.fail({"", "comparisons", "", "at least 1", "0"});
    }
  } catch (const std::exception& error) {
    at.fail({"", "run", "", "no exception", error.what()});
  }
  constexpr std::size_t shown = 8;
  for (std::size_t i = 0; i < at.failures().size() && i < shown; ++i) {
    print_failure(family, id, at.failures()[i]);
  }
  if (at.failures().size() > shown) {
    std::printf("FAILED %s %s: and %zu more\n", family.c_str(), id.c_str(), at.failures().size() - shown);
  }
  return at.failures().empty();
}

int run_all(const std::string& folder, const std::string& manifest_path, const std::string& accepted) {
  std::map<std::pair<std::string, std::string>, const Entry*> tests;
  for (const Entry& entry : entries()) {
    tests[{entry.family, entry.id}] = &entry;
  }
  std::map<std::string, Family> families;
  std::map<std::string, std::map<std::string, std::vector<std::string>>> unsupported;
  std::map<std::string, Json> files; // by family
  const Json manifest = read_json(manifest_path);
  for (const Json& line : manifest) {
    const std::string name = line.at("family");
    const std::string id = line.at("id");
    Family& family = families[name];
    if (line.contains("unsupported")) {
      ++family.unsupported;
      unsupported[name][line.at("unsupported")].push_back(id);
      continue;
    }
    if (!files.contains(name)) {
      files[name] = read_json(folder + "/" + line.at("file").get<std::string>());
    }
    const Json* json = nullptr;
    for (const Json& candidate : files.at(name).at("cases")) {
      json = candidate.at("id") == id ? &candidate : json;
    }
    const auto test = tests.find({name, id});
    const bool passed = run_case(name, id, test == tests.end() ? nullptr : test->second, json);
    ++(passed ? family.passed : family.failed);
    if (passed && line.contains("difference")) {
      family.different.push_back(id + ": " + line.at("difference").get<std::string>());
    }
  }

  int passed = 0;
  int failed = 0;
  for (const auto& [name, family] : families) {
    std::printf("oracle %s: %d passed, %d failed, %d unsupported\n", name.c_str(), family.passed, family.failed,
                family.unsupported);
    passed += family.passed;
    failed += family.failed;
  }
  Reasons reasons;
  for (const auto& [name, of] : unsupported) {
    for (const auto& [reason, ids] : of) {
      reasons[name][reason] = static_cast<int>(ids.size());
      const bool whole = reason.starts_with("family "); // needs no list
      std::string list;
      for (std::size_t i = 0; !whole && i < ids.size(); ++i) {
        list += (i == 0 ? ": " : ", ") + ids[i];
      }
      std::printf("unsupported in %s, %zu case%s, %s%s\n", name.c_str(), ids.size(), ids.size() == 1 ? "" : "s",
                  reason.c_str(), list.c_str());
    }
  }
  for (const auto& [name, family] : families) {
    for (const std::string& difference : family.different) {
      std::printf("passed as a listed difference in %s, %s\n", name.c_str(), difference.c_str());
    }
  }
  const bool kept = accepted.empty() || compare_with_accepted(reasons, accepted);
  if (passed == 0) {
    std::printf("oracle: no case passed\n");
  }
  return failed > 0 || passed == 0 || !kept ? 1 : 0;
}

/// Lines for unsupported.txt.
int print_unsupported(const std::string& manifest_path) {
  Reasons reasons;
  for (const Json& line : read_json(manifest_path)) {
    if (line.contains("unsupported")) {
      ++reasons[line.at("family")][line.at("unsupported")];
    }
  }
  for (const auto& [family, of] : reasons) {
    for (const auto& [reason, cases] : of) {
      std::printf("%s %d %s\n", family.c_str(), cases, reason.c_str());
    }
  }
  return 0;
}

} // namespace
} // namespace oracle

int main(int count, char** arguments) {
  try {
    if (count == 2 && std::string(arguments[1]) == "--print-unsupported") {
      return oracle::print_unsupported(CLEAVE_ORACLE_MANIFEST);
    }
    if (count > 1) {
      std::fprintf(stderr, "usage: %s [--print-unsupported]\n", arguments[0]);
      return 2;
    }
    return oracle::run_all(CLEAVE_ORACLE_DIR, CLEAVE_ORACLE_MANIFEST, CLEAVE_ORACLE_ACCEPTED);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "oracle: %s\n", error.what());
    return 1;
  }
}
