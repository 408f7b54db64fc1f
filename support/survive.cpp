// SPDX-License-Identifier: Apache-2.0
#include "support/survive.h"

#include <array>
#include <atomic>
#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>

#include "support/print_error.h"

namespace featc {

namespace {

// Places are few and known when featc is written, so that counting needs no memory.
struct Place {
  std::atomic<const char*> where = nullptr;
  std::atomic<uint64_t> times = 0;
};
constexpr size_t kMostPlaces = 64;
std::array<Place, kMostPlaces> places;

Place* placeOf(const char* where) noexcept {
  for (Place& place : places) {
    const char* known = nullptr;
    // Equal texts of several files may lie in several places.
    if (place.where.compare_exchange_strong(known, where) || std::strcmp(known, where) == 0) return &place;
  }
  return nullptr;
}

}  // namespace

void survived(const char* where) noexcept {
  Place* place = placeOf(where);
  if (place != nullptr && place->times.fetch_add(1) > 0) return;
  printError("featc: {} failed: {}; the program continues, and counts further failures there\n", where,
             currentMessage());
}

// As long as a std::string holds without asking for memory.
constexpr const char* kOutOfMemory = "out of memory";

std::string currentMessage() noexcept {
  try {
    try {
      throw;
    } catch (const std::bad_alloc&) {
      return kOutOfMemory;
    } catch (const std::length_error&) {
      return kOutOfMemory;  // more than any memory has
    } catch (const std::exception& e) {
      return *e.what() == '\0' ? "an error without a message" : e.what();
    } catch (...) {
      return "an error that is not a standard C++ exception";
    }
  } catch (...) {
    return kOutOfMemory;
  }
}

std::vector<Survived> survivedSoFar() {
  std::vector<Survived> all;
  for (const Place& place : places) {
    const char* where = place.where;
    uint64_t times = place.times;
    if (where != nullptr && times > 0) all.push_back({where, times});
  }
  return all;
}

}  // namespace featc
