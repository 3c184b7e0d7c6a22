// SPDX-License-Identifier: Apache-2.0
// Everything but the edges: tensors, models, jobs and groups. Printing, files and training loops are included by name.
#pragma once

// In the order of the rooms, and each header whose checks speak to users by name: a compiler then prints two lines of
// "included from" before a message, not ten.
#include <cleave/version.hpp>

#include <cleave/shape/shape.hpp>

#include <cleave/shape/broadcast.hpp>
#include <cleave/shape/slice.hpp>

#include <cleave/tensor.hpp>

#include <cleave/graph/report.hpp>

#include <cleave/ops/reduce.hpp>

#include <cleave/ops/broadcast.hpp>
#include <cleave/ops/cast.hpp>
#include <cleave/ops/concat.hpp>
#include <cleave/ops/depth_to_space.hpp>
#include <cleave/ops/pad.hpp>
#include <cleave/ops/reshape.hpp>
#include <cleave/ops/slice.hpp>
#include <cleave/ops/softmax.hpp>
#include <cleave/ops/tile.hpp>
#include <cleave/ops/transpose.hpp>

#include <cleave/ops/cross_entropy.hpp>

#include <cleave/model/symbol.hpp>

#include <cleave/model/layers.hpp>

#include <cleave/model/dropout.hpp>
#include <cleave/model/heads.hpp>
#include <cleave/model/trace.hpp>

#include <cleave/passes/gradient.hpp>

#include <cleave/group/job.hpp>

#include <cleave/group/batch.hpp>
#include <cleave/group/judge.hpp>
#include <cleave/group/plan.hpp>

#include <cleave/device/isa.hpp>
#include <cleave/device/team.hpp>
#include <cleave/group/data_parallel_group.hpp>
#include <cleave/group/metric.hpp>
