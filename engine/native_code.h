// SPDX-License-Identifier: Apache-2.0
// A graph's native code: out of the cache where it is there, else compiled and put there.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "codegen/llvm/codegen.h"
#include "engine/compile_pool.h"
#include "engine/object_cache.h"
#include "engine/tiered.h"

namespace featc {

// What a cached thing depends on besides the config: the format, this build, the machine.
std::string cacheIdentity(const CodegenOptions& options);

class NativeCode {
 public:
  // `graphText` is toText() of the graph that is asked for; of no use without a cache.
  NativeCode(CodegenOptions options, std::shared_ptr<const ObjectCache> cache, std::string graphText);

  // From the cache; no executable and no error where it is not there.
  NativeResult find(const Graph& graph) const;
  // Compiled, whatever the cache holds.
  NativeResult make(const Graph& graph) const;

 private:
  CodegenOptions options_;
  std::shared_ptr<const ObjectCache> cache_;
  std::string graphText_;
  std::string key_;
};

// Makes a tiered executable's native code. It owns all it needs, so its target may be gone before it.
class TierUpJob final : public CompileJob {
 public:
  TierUpJob(std::weak_ptr<TieredExecutable> target, Graph graph, NativeCode code);
  void run() override;
  void drop(std::string_view why) noexcept override;

 private:
  std::weak_ptr<TieredExecutable> target_;
  Graph graph_;
  NativeCode code_;
};

}  // namespace featc
