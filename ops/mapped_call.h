// SPDX-License-Identifier: Apache-2.0
// Calls computed element by element: how operators that know nothing of it work within a sequence group.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "ops/operator.h"

namespace featc {

// How a call's arguments meet its operator. Of a *mapped call* some arguments are lists of which the operator
// sees one element at a time: all that Resolution says is then said of elements.
struct CallResolution : Resolution {
  CallResolution() = default;
  CallResolution(const Resolution& resolution, uint64_t mapped = 0)  // NOLINT: most calls map over nothing
      : Resolution(resolution), mapMask(mapped) {}

  uint64_t mapMask = 0;  // by argument

  bool maps(size_t arg) const { return (mapMask >> arg & 1U) != 0; }
  // Whether it computes a list, one element after the other.
  bool makesList() const { return (liftMask | mapMask) != 0; }
  // Whether two calls of one operator with the same arguments compute the same.
  bool sameAs(const CallResolution& other) const {
    return overload == other.overload && liftMask == other.liftMask && mapMask == other.mapMask;
  }
};

// The types that the operator sees: of arguments in `mapMask` their elements', which may be missing.
std::vector<Type> seenTypes(uint64_t mapMask, std::span<const Type> argTypes);
// The call's type; of a mapped call a list of what comes out for an element.
Type callType(const Operator& op, const CallResolution& resolution, std::span<const Type> argTypes);
// Whether the mapped call is one that the language's own mapping over lists makes of the same arguments: what
// it computes for an element is the same, and no value beside the lists can make the whole result missing.
bool isLiftedCall(const Operator& op, const CallResolution& resolution, std::span<const Type> argTypes,
                  uint32_t semantics);

// What mappedKernel gets as its context's state.
struct MappedState : OpState {
  uint64_t mapMask = 0;            // by value argument
  Kernel elementKernel = nullptr;  // the operator's own
  std::shared_ptr<const OpState> elementState;
  Type elementType;  // what comes out for an element, with a "?" if that may be missing
  // Where one argument is mapped and the operator maps over such a list by itself: its kernel for that, the arguments'
  // types as that sees them, and the other arguments that must not be missing.
  Kernel listKernel = nullptr;
  std::vector<Type> listTypes;
  uint64_t strictMask = 0;
};
// Fills in what `mappedByList` needs, where it can work. `args`: the types of the value arguments.
void prepareByList(const Operator& op, const CallResolution& resolution, std::span<const Type> args, uint32_t semantics,
                   MappedState& state);

// The kernel of mapped calls. The lists of the block's rows are laid out as columns of elements, a value beside
// them is repeated for each, the operator's own kernel computes them as rows, and what comes out is cut into
// lists again. The context's argTypes are those that the operator sees.
//
// A row has as many elements as its longest list; what lies past the end of a shorter one, or in a list that
// is missing, is missing. A row is missing where all of its mapped lists are. Lists of unequal lengths are
// counted; an element that fails fails its row.
void mappedKernel(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n);

// The same by MappedState::listKernel, a list after the other. That finds a list missing which a missing value meets:
// here it is one of missing elements.
bool mappedByList(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n);

}  // namespace featc
