// SPDX-License-Identifier: Apache-2.0
// A graph's native code: out of the cache where it is there, else compiled and put there.
#include "engine/native_code.h"

#include <fmt/format.h>

#include <exception>
#include <type_traits>

#include "engine/source_id.h"
#include "support/survive.h"

namespace featc {

std::string cacheIdentity(const CodegenOptions& options) {
  // Every limit shapes the code, whichever there are.
  static_assert(std::has_unique_object_representations_v<PlanLimits>);
  std::string_view limits(reinterpret_cast<const char*>(&options.limits), sizeof options.limits);
  return fmt::format("featc {} {}\nsemantics {}\ntarget {}\nplan {} {}\n", FEATC_VERSION, sourceId(), kNewestSemantics,
                     targetIdentity(options), toHex(hash128(limits)), options.oneFile);
}

NativeCode::NativeCode(CodegenOptions options, std::shared_ptr<const ObjectCache> cache, std::string graphText)
    : options_(std::move(options)), cache_(std::move(cache)), graphText_(std::move(graphText)) {
  if (cache_ != nullptr) key_ = cacheIdentity(options_);
}

NativeResult NativeCode::find(const Graph& graph) const {
  if (cache_ == nullptr) return {};
  std::optional<CodeEntry> entry = cache_->findCode(key_, graphText_);
  if (!entry) return {};
  NativeResult loaded = loadObject(graph, entry->code, options_);
  // Compiling will say better what is wrong.
  loaded.error.clear();
  return loaded;
}

NativeResult NativeCode::make(const Graph& graph) const {
  if (cache_ == nullptr) return compileNative(graph, options_);
  ObjectResult compiled = compileObject(graph, options_);
  NativeResult result;
  result.error = std::move(compiled.error);
  result.times = compiled.times;
  if (!result.error.empty()) return result;
  NativeResult loaded = loadObject(graph, compiled.code, options_);
  result.executable = std::move(loaded.executable);
  result.error = std::move(loaded.error);
  result.times.load = loaded.times.load;
  // Only code that loads is kept.
  if (result.executable != nullptr) cache_->store(CodeEntry{key_, graphText_, std::move(compiled.code)});
  return result;
}

TierUpJob::TierUpJob(std::weak_ptr<TieredExecutable> target, Graph graph, NativeCode code)
    : target_(std::move(target)), graph_(std::move(graph)), code_(std::move(code)) {}

void TierUpJob::drop(std::string_view why) noexcept {
  if (auto target = target_.lock()) target->fail(why);
}

void TierUpJob::run() {
  if (target_.expired()) return;
  NativeResult native;
  try {
    native = code_.make(graph_);
    // Dropped meanwhile: nobody waits for the code.
    auto target = target_.lock();
    if (target == nullptr) return;
    if (native.executable != nullptr) target->promote(std::move(native.executable));
  } catch (...) {
    native.error = currentMessage();
  }
  if (native.error.empty()) return;
  if (auto target = target_.lock()) target->fail(std::move(native.error));
}

}  // namespace featc
