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

#include <cleave/model/symbol.hpp>

#include <cleave/model/layers.hpp>
#include <cleave/model/trace.hpp>

#include <cleave/group/job.hpp>

#include <cleave/group/batch.hpp>
#include <cleave/group/judge.hpp>
#include <cleave/group/plan.hpp>

#include <cleave/group/data_parallel_group.hpp>
#include <cleave/group/metric.hpp>
