// SPDX-License-Identifier: Apache-2.0
// Places on earth, in degrees of latitude (north) and longitude (east).
#include <sleef.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "ops/groups.h"
#include "ops/operator.h"
#include "ops/suspect.h"

namespace featc {

namespace {

// The mean radius of the IUGG.
constexpr double kEarthKilometres = 6371.0088;

double haversine(double lat1, double lng1, double lat2, double lng2) {
  constexpr double kRadian = std::numbers::pi / 180;
  double sinLat = Sleef_cinz_sind1_u10purec((lat2 - lat1) * kRadian / 2);
  double sinLng = Sleef_cinz_sind1_u10purec((lng2 - lng1) * kRadian / 2);
  double cosines = Sleef_cinz_cosd1_u10purec(lat1 * kRadian) * Sleef_cinz_cosd1_u10purec(lat2 * kRadian);
  double h = sinLat * sinLat + cosines * sinLng * sinLng;
  // Rounding may lift the antipodes above 1; a NaN stays.
  if (h > 1) h = 1;
  return 2 * kEarthKilometres * Sleef_cinz_asind1_u10purec(std::sqrt(h));
}

std::optional<Suspicion> suspectPlaces(std::span<const KnownArgument> arguments) {
  for (uint32_t lat : {0, 2}) {
    uint32_t lng = lat + 1;
    auto degrees = constantNumber(arguments[lat].value);
    auto other = constantNumber(arguments[lng].value);
    if (degrees && std::abs(*degrees) > 90) {
      Suspicion s{lat, "a latitude lies between -90 and 90, but this is " + toString(arguments[lat].value)};
      if (other && std::abs(*other) <= 90) s.notes.emplace_back("the latitude comes first, then the longitude");
      return s;
    }
    if (other && std::abs(*other) > 180)
      return Suspicion{lng, "a longitude lies between -180 and 180, but this is " + toString(arguments[lng].value)};
  }
  return std::nullopt;
}

bool isOnEarth(double lat, double lng) { return lat >= -90 && lat <= 90 && lng >= -180 && lng <= 180; }

// -- geohash ----------------------------------------------------------------------------------------

constexpr int64_t kMaxPrecision = 12;
struct GeohashLength : OpState {
  uint64_t characters = 0;
};
Prepared prepareGeohash(std::span<const Value> constants, std::span<const Type>) {
  const Value& n = constants[0];
  if (n.isMissing() || n.asInt() < 1 || n.asInt() > kMaxPrecision)
    return {nullptr, PrepareError{2, "\"precision\" must be from 1 to 12, but is " + toString(n)}};
  auto state = std::make_shared<GeohashLength>();
  state->characters = static_cast<uint64_t>(n.asInt());
  return {state, std::nullopt};
}

// Halves the range; whether the value is in the upper half. Halves of 90 and 180 are exact.
bool takeHalf(double x, double& low, double& high) {
  double middle = (low + high) / 2;
  bool upper = x >= middle;
  (upper ? low : high) = middle;
  return upper;
}

Maybe<Str> geohash(Context& context, const GeohashLength& state, double lat, double lng) {
  static constexpr char kDigits[] = "0123456789bcdefghjkmnpqrstuvwxyz";
  if (!isOnEarth(lat, lng)) return {};
  char* out = context.newString(state.characters);
  if (out == nullptr) return {};
  double south = -90;
  double north = 90;
  double west = -180;
  double east = 180;
  bool isLongitude = true;
  for (uint64_t i = 0; i < state.characters; ++i) {
    unsigned digit = 0;
    for (int bit = 0; bit < 5; ++bit) {
      bool upper = isLongitude ? takeHalf(lng, west, east) : takeHalf(lat, south, north);
      digit = digit << 1U | (upper ? 1U : 0U);
      isLongitude = !isLongitude;
    }
    out[i] = kDigits[digit];
  }
  return Str{out, state.characters};
}

// -- grid_cell --------------------------------------------------------------------------------------

struct Grid : OpState {
  double degrees = 1;
  double rows = 180;
  double columns = 360;
};
// Finer cells would have numbers of more bits than an id holds.
constexpr double kMinDegrees = 1e-4;

Prepared prepareGrid(std::span<const Value> constants, std::span<const Type>) {
  const Value& degrees = constants[0];
  if (degrees.isMissing() || !(degrees.asFloat() >= kMinDegrees && degrees.asFloat() <= 180))
    return {nullptr, PrepareError{2, "\"degrees\" must be from 0.0001 to 180, but is " + toString(degrees)}};
  auto state = std::make_shared<Grid>();
  state->degrees = degrees.asFloat();
  state->rows = std::ceil(180 / state->degrees);
  state->columns = std::ceil(360 / state->degrees);
  return {state, std::nullopt};
}

Maybe<int64_t> gridCell(const Grid& grid, double lat, double lng) {
  if (!isOnEarth(lat, lng)) return {};
  // The pole and the date line belong to the last cell.
  double row = std::min(std::floor((lat + 90) / grid.degrees), grid.rows - 1);
  double column = std::min(std::floor((lng + 180) / grid.degrees), grid.columns - 1);
  return static_cast<int64_t>(row * grid.columns + column);
}

}  // namespace

void registerPlace(Registry& r) {
  r.group("Place");
  r.add("haversine", {value("lat1"), value("lng1"), value("lat2"), value("lng2")},
        "The distance of two places in kilometres, along a great circle of a sphere with the earth's mean radius, "
        "6371.0088 km.")
      .foreignNames({"great_circle_distance", "geo_distance", "sphere_dist"},
                    "in kilometres; each place is its latitude and its longitude")
      .example("round(haversine(39.9042, 116.4074, 31.2304, 121.4737))", "1067")
      .add<haversine>()
      .warnIf(suspectPlaces);
  r.add("geohash", {value("lat"), value("lng"), constant("precision")},
        "The geohash of a place in `precision` characters, 1 to 12; missing where there is no such place on earth.")
      .foreignNames({"geohash_encode", "st_geohash"}, "takes the latitude, the longitude and how many characters")
      .example("geohash(57.64911, 10.40744, 11)", R"("u4pruydqqvj")")
      .example("geohash(91, 0, 5)", "missing")
      .add<geohash>({Type::int64()})
      .prepare(prepareGeohash);
  r.add("grid_cell", {value("lat"), value("lng"), constant("degrees")},
        "The number of the place's cell in a grid of so many degrees: its row, counted from the south pole, times the "
        "cells of a row, plus its column, counted from -180 degrees.")
      .example("grid_cell(0.5, 0.5, 1)", "32580")
      .example("grid_cell(-90, -180, 0.01)", "0")
      .add<gridCell>({Type::float64()})
      .prepare(prepareGrid);
}

}  // namespace featc
