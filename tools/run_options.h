// SPDX-License-Identifier: Apache-2.0
// What the command line of featc run says.
#pragma once

#include <cstdint>
#include <string>

#include "engine/open_config.h"
#include "tools/call_limit_options.h"
#include "tools/config.h"
#include "tools/data_options.h"
#include "tools/output_formats.h"
#include "tools/read_limits.h"

namespace featc {

struct RunOptions {
  ConfigOptions config;
  DataOptions data;
  std::string output = "-";
  std::string log;     // a file; empty: none
  std::string format;  // empty: by the suffix of `output`
  WriterOptions writer;
  std::string engine = "jit";
  std::string scheduler = "staged";
  std::string cpu;
  std::string cache;  // a folder; empty: FEATC_CACHE's
  uint64_t cacheBytes = ObjectCache::kDefaultBytes;
  uint32_t threads = 0;  // 0: one a core
  CallLimitOptions limits;
  ReadLimitOptions reads;
  bool strict = false;
  bool resume = false;
  bool stats = false;
  bool progress = false;
};

}  // namespace featc
