// SPDX-License-Identifier: Apache-2.0
// Makes hiredis hand a reply's parts on as it reads them, instead of building a tree of them.
#pragma once

#include <hiredis/hiredis.h>

#include "support/survive.h"

namespace featc {

// Hands the part on and gives what stands for it; null, which ends the connection, for a reply to nothing and where
// there is no memory for the part.
template <class Receiver, class HandOn>
void* takeReplyPart(const redisReadTask* task, HandOn&& handOn) noexcept {
  auto& receiver = *static_cast<Receiver*>(task->privdata);
  void* part = receiver.replyPart();
  return part != nullptr && survive("a reply of Redis", [&] { handOn(receiver); }) ? part : nullptr;
}

// A tree costs an allocation a value; its arrays are as long as the server says. A receiver has onText, onArray,
// onInteger, onNil, and replyPart(): what stands for a part, null where no reply is expected.
template <class Receiver>
void useReplyParts(redisReader& reader, Receiver& receiver) {
  static redisReplyObjectFunctions functions = [] {
    redisReplyObjectFunctions f{};
    f.createString = [](const redisReadTask* task, char* text, size_t size) {
      return takeReplyPart<Receiver>(task, [&](Receiver& r) { r.onText(*task, {text, size}); });
    };
    // hiredis 1 counts in size_t, older ones in int.
    f.createArray = [](const redisReadTask* task, auto elements) {
      return takeReplyPart<Receiver>(task, [&](Receiver& r) { r.onArray(*task, static_cast<size_t>(elements)); });
    };
    f.createInteger = [](const redisReadTask* task, long long number) {
      return takeReplyPart<Receiver>(task, [&](Receiver& r) { r.onInteger(*task, number); });
    };
    f.createNil = [](const redisReadTask* task) {
      return takeReplyPart<Receiver>(task, [&](Receiver& r) { r.onNil(*task); });
    };
    f.freeObject = [](void*) {};
    return f;
  }();
  reader.fn = &functions;
  reader.privdata = &receiver;
}

}  // namespace featc
