// SPDX-License-Identifier: Apache-2.0
// Replaces the global operator new by one that counts, and fails when told. In a file of its own, so that no caller
// sees both halves inlined and takes malloc and delete for a mismatch.
#include "tests/memory/allocation_count.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

std::atomic<uint64_t> allocations{0};
// The numbers of the allocations that fail.
std::atomic<uint64_t> firstFailing{UINT64_MAX};
std::atomic<uint64_t> endFailing{UINT64_MAX};
std::atomic<bool> failed{false};

bool mayAllocate() {
  uint64_t number = allocations++;
  if (number < firstFailing || number >= endFailing) return true;
  failed = true;
  return false;
}

void* allocate(size_t bytes, size_t alignment) {
  if (!mayAllocate()) return nullptr;
  if (alignment <= alignof(std::max_align_t)) return std::malloc(std::max<size_t>(bytes, 1));
  return std::aligned_alloc(alignment, (std::max<size_t>(bytes, 1) + alignment - 1) / alignment * alignment);
}

void* allocateOrThrow(size_t bytes, size_t alignment) {
  if (void* p = allocate(bytes, alignment)) return p;
  throw std::bad_alloc();
}

}  // namespace

// ANTLR 4.9 forgets a node of its tree when there is no memory to remember it.
extern "C" const char* __lsan_default_suppressions();  // NOLINT: the sanitizer's own name
extern "C" const char* __lsan_default_suppressions() {
  return "leak:antlr4::Parser::createTerminalNode\nleak:createInstance<featc::grammar::FeatParser::\n";
}

uint64_t featc::allocationCount() { return allocations; }

void featc::failAllocations(uint64_t spared, uint64_t count) {
  failed = false;
  uint64_t first = allocations + spared;
  endFailing = count > UINT64_MAX - first ? UINT64_MAX : first + count;
  firstFailing = first;
}

bool featc::stopFailing() {
  firstFailing = UINT64_MAX;
  return failed;
}

void* operator new(size_t bytes) { return allocateOrThrow(bytes, 1); }
void* operator new(size_t bytes, std::align_val_t alignment) {
  return allocateOrThrow(bytes, static_cast<size_t>(alignment));
}
// Arrays by their own names too: the sanitizers' delete[] takes nothing that this new[] gives.
void* operator new[](size_t bytes) { return allocateOrThrow(bytes, 1); }
void* operator new[](size_t bytes, std::align_val_t alignment) {
  return allocateOrThrow(bytes, static_cast<size_t>(alignment));
}
void* operator new(size_t bytes, const std::nothrow_t&) noexcept { return allocate(bytes, 1); }
void* operator new[](size_t bytes, const std::nothrow_t&) noexcept { return allocate(bytes, 1); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, size_t, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete[](void* p, size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, size_t, std::align_val_t) noexcept { std::free(p); }
