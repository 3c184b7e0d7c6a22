// SPDX-License-Identifier: Apache-2.0
#include "oracle/shapes.hpp"

#include <cleave/shape/mxnet_reshape.hpp>

namespace oracle {
namespace {

Extents extents_in(const Case& at, const std::string& path) {
  Extents extents;
  for (const double one : at.array(path).data) {
    extents.push_back(static_cast<long>(one));
  }
  return extents;
}

std::string spell(const cleave::extent* extents, int rank) { return oracle::spell(Extents(extents, extents + rank)); }

std::string spell(const cleave::Dims& dims, bool batch_is_open) {
  cleave::Dims shown = dims;
  for (int i = 0; i < shown.rank; ++i) {
    shown.extents[i] = batch_is_open && shown.letters[i] == cleave::batch_axis ? 0 : shown.extents[i];
  }
  return spell(shown.extents, shown.rank);
}

} // namespace

void check_reshape(Case& at) {
  const Extents listed = extents_in(at, "shape");
  const std::vector<cleave::extent> shape(listed.begin(), listed.end());
  const Extents wanted = extents_in(at, "code");
  const std::vector<cleave::extent> codes(wanted.begin(), wanted.end());
  const cleave::CodedShape made = cleave::mxnet_reshape(shape.data(), static_cast<int>(shape.size()), codes.data(),
                                                        static_cast<int>(codes.size()), at.truth("reverse"));
  at.expect("is refused", at.has("error"), !made.is_valid);
  if (!at.has("error")) {
    at.expect("shape", oracle::spell(extents_in(at, "out_shape")), spell(made.extents, made.rank));
  }
}

void check_shapes(Case& at, const cleave::GraphView& graph) {
  const bool open = at.truth("partial");
  const std::vector<std::string> names = at.texts("arguments");
  int leaves = 0;
  for (cleave::Id id = 0; id < graph.size; ++id) {
    leaves += graph[id].op->kind == cleave::OpKind::leaf && graph[id].is_named() ? 1 : 0;
  }
  at.expect("number of arguments", std::to_string(names.size()), std::to_string(leaves));
  for (int i = 0; i < static_cast<int>(names.size()); ++i) {
    const std::string& name = names[static_cast<std::size_t>(i)];
    std::string came = "absent";
    for (cleave::Id id = 0; id < graph.size; ++id) {
      if (graph[id].op->kind == cleave::OpKind::leaf && name == graph[id].name) {
        came = spell(graph[id].dims, open);
      }
    }
    at.expect("shape of " + name, oracle::spell(extents_in(at, in("arg_shapes", i))), came);
  }
  at.expect("number of outputs", std::to_string(at.size("out_shapes")), std::to_string(graph.result_count));
  for (int i = 0; i < graph.result_count; ++i) {
    at.expect("output shape", oracle::spell(extents_in(at, in("out_shapes", i))),
              spell(graph[graph.results[i].node].dims, open));
  }
}

} // namespace oracle
