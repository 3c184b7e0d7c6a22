// SPDX-License-Identifier: Apache-2.0
// Everything but the edges: tensors, models, jobs and groups. Printing, files and training loops are included by name.
#pragma once

#include <cleave/group/data_parallel_group.hpp>
#include <cleave/tensor.hpp>
#include <cleave/version.hpp>
