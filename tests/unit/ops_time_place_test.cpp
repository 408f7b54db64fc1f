// SPDX-License-Identifier: Apache-2.0
// Times and places: expected values from Python's datetime, zoneinfo and math, and published geohashes.
#include <algorithm>

#include "ops/library/time_zone.h"
#include "tests/common/catch.h"
#include "tests/unit/ops_fixture.h"

namespace featc {

TEST_CASE("parts of a time fill the range that the record gives, and stay in it") {
  for (const auto& op : operators().all()) {
    if (!op->resultRange || op->group != "Time") continue;
    INFO(op->name);
    int64_t low = kMaxInt;
    int64_t high = kMinInt;
    auto look = [&](int64_t time, const char* zone) {
      Value v = callOperator(op->name, {arg(time), arg(zone)}).value;
      low = std::min(low, v.asInt());
      high = std::max(high, v.asInt());
    };
    // A leap year in steps that meet every hour and minute; the first and last second, in zones far from UTC.
    for (int64_t time = 1704067200; time < 1704067200 + 366 * 86400; time += 2 * 3600 + 61) look(time, "UTC");
    look(-62135596800, "-12:00");
    look(253402300799, "+14:00");
    CHECK(low == op->resultRange->low);
    CHECK(high == op->resultRange->high);
  }
}

TEST_CASE("parts of a time") {
  struct Row {
    const char* zone;
    int64_t time;
    const char* parts;  // date, clock, day of the week and of the year
  };
  const Row rows[] = {
      {"UTC", 0, "1970-1-1 0:0 4 1"},
      {"UTC", 1700000000, "2023-11-14 22:13 2 318"},
      {"UTC", 1709164799, "2024-2-28 23:59 3 59"},
      {"UTC", -62135596800, "1-1-1 0:0 1 1"},
      {"UTC", 253402300799, "9999-12-31 23:59 5 365"},
      {"UTC", 1710053999, "2024-3-10 6:59 7 70"},
      {"UTC", 1730613600, "2024-11-3 6:0 7 308"},
      {"UTC", 1711846800, "2024-3-31 1:0 7 91"},
      {"UTC", 7258118400, "2200-1-1 0:0 3 1"},
      {"Asia/Shanghai", 0, "1970-1-1 8:0 4 1"},
      {"Asia/Shanghai", 1700000000, "2023-11-15 6:13 3 319"},
      {"Asia/Shanghai", 1709164799, "2024-2-29 7:59 4 60"},
      {"Asia/Shanghai", 1710053999, "2024-3-10 14:59 7 70"},
      {"Asia/Shanghai", 1730613600, "2024-11-3 14:0 7 308"},
      {"Asia/Shanghai", 1711846800, "2024-3-31 9:0 7 91"},
      {"Asia/Shanghai", 7258118400, "2200-1-1 8:0 3 1"},
      {"America/New_York", 0, "1969-12-31 19:0 3 365"},
      {"America/New_York", 1700000000, "2023-11-14 17:13 2 318"},
      {"America/New_York", 1709164799, "2024-2-28 18:59 3 59"},
      {"America/New_York", 253402300799, "9999-12-31 18:59 5 365"},
      {"America/New_York", 1710054000, "2024-3-10 3:0 7 70"},
      {"America/New_York", 1710053999, "2024-3-10 1:59 7 70"},
      {"America/New_York", 1730613600, "2024-11-3 1:0 7 308"},
      {"America/New_York", 4102444800, "2099-12-31 19:0 4 365"},
      {"America/New_York", -2208988800, "1899-12-31 19:0 7 365"},
      {"Asia/Kolkata", -1, "1970-1-1 5:29 4 1"},
      {"Asia/Kolkata", 951782400, "2000-2-29 5:30 2 60"},
      {"Asia/Kolkata", 1710054000, "2024-3-10 12:30 7 70"},
      {"Asia/Kolkata", 1710053999, "2024-3-10 12:29 7 70"},
      {"Asia/Kolkata", 1730613600, "2024-11-3 11:30 7 308"},
      {"Asia/Kolkata", 4102444800, "2100-1-1 5:30 5 1"},
      {"Asia/Kolkata", -2208988800, "1900-1-1 5:21 1 1"},
      {"Pacific/Apia", -1, "1969-12-31 12:59 3 365"},
      {"Pacific/Apia", 951782400, "2000-2-28 13:0 1 59"},
      {"Pacific/Apia", 1710054000, "2024-3-10 20:0 7 70"},
      {"Pacific/Apia", 1710053999, "2024-3-10 19:59 7 70"},
      {"Pacific/Apia", 1730613600, "2024-11-3 19:0 7 308"},
      {"Pacific/Apia", 4102444800, "2100-1-1 13:0 5 1"},
      {"Pacific/Apia", -2208988800, "1899-12-31 12:33 7 365"},
  };
  for (const Row& r : rows) {
    INFO(r.zone << " " << r.time);
    auto part = [&](const char* op) { return eval(op, arg(r.time), arg(r.zone)); };
    CHECK(part("year") + "-" + part("month") + "-" + part("day_of_month") + " " + part("hour") + ":" + part("minute") +
              " " + part("day_of_week") + " " + part("day_of_year") ==
          r.parts);
    CHECK(part("is_weekend") == (part("day_of_week") >= "6" ? "true" : "false"));
  }
}

TEST_CASE("zones") {
  CHECK(eval("hour", arg(0)) == "0");
  CHECK(eval("hour", arg(0), arg("UTC")) == "0");
  CHECK(eval("hour", arg(0), arg("+14:00")) == "14");
  CHECK(eval("day_of_month", arg(0), arg("-00:01")) == "31");
  CHECK(eval("hour", ints({arg(0), kNoInt, arg(3600)})) == "[0, missing, 1]");
  const char* said =
      "; zones are named as \"Asia/Shanghai\", \"UTC\" or \"+08:00\"; the names are those of the files in "
      "/usr/share/zoneinfo";
  for (const char* bad : {"Asia/Atlantis", "", "localtime", "../../etc/hostname", "/etc/localtime", "+15:00", "+08:60",
                          "+08:0x", "Fixed\xFF", "Asia", "Pacific", "Europe/Apai", "Apai"})
    CHECK(eval("hour", arg(0), arg(bad)) == "error: there is no time zone " + quote(std::string_view(bad)) + said);
}

TEST_CASE("zones that data names") {
  const int64_t time = 1700000000;
  for (const char* zone : {"UTC", "GMT", "+08:00", "-03:30", "Asia/Shanghai", "America/New_York", "Etc/GMT+5"}) {
    INFO(zone);
    for (const char* part :
         {"hour", "minute", "day_of_week", "is_weekend", "day_of_month", "day_of_year", "month", "year"})
      CHECK(eval(std::string(part) + "_in", arg(time), arg(zone)) == eval(part, arg(time), arg(zone)));
    CHECK(eval("date_diff_in", arg(time), arg(time - 30'000), arg(zone)) ==
          eval("date_diff", arg(time), arg(time - 30'000), arg(zone)));
    CHECK(eval("parse_time_in", arg("2024-07-01"), arg("%F"), arg(zone)) ==
          eval("parse_time", arg("2024-07-01"), arg("%F"), arg(zone)));
    CHECK(eval("format_time_in", arg(time), arg("%F %T%z"), arg(zone)) ==
          eval("format_time", arg(time), arg("%F %T%z"), arg(zone)));
  }
  for (const char* zone : {"", "Mars", "Asia", "Asia/", "asia/shanghai", "/etc/passwd", "../zoneinfo/UTC", "posix/UTC",
                           "+8", "+25:00", "localtime", "Asia/Shanghai "})
    CHECK(eval("hour_in", arg(time), arg(zone)) == "missing");
  CHECK(eval("hour_in", arg(time), missing(kString)) == "missing");
  CHECK(eval("hour_in", arg(kMaxInt), arg("UTC")) == "missing");
  CHECK(eval("hour_in", arg(time), strings({arg("UTC"), arg("x"), arg("Asia/Shanghai")})) == "[22, missing, 6]");
  CHECK(callOperator("hour_in", {arg(time), arg("Asia/Tokyo")}).warmAllocations == 0);
}

TEST_CASE("a zone is proposed for its city, or for a slip in the city of its area") {
  CHECK(Zone::meant("Europe/shanghai") == "Asia/Shanghai");
  CHECK(Zone::meant("Asia/Shangai") == "Asia/Shanghai");
  CHECK(Zone::meant("Pacific/Aipa") == "Pacific/Apia");
  CHECK(Zone::meant("Berln") == "Europe/Berlin");
  CHECK(Zone::meant("Asia/Berln").empty());
}

TEST_CASE("times beyond the calendar") {
  CHECK(eval("year", arg(int64_t{253'402'300'800})) == "missing");
  CHECK(eval("year", arg(int64_t{-62'135'596'801})) == "missing");
  CHECK(eval("hour", arg(int64_t{1'700'000'000'000})) == "missing");  // milliseconds
  CHECK(eval("is_weekend", arg(kMinInt), arg("Asia/Shanghai")) == "missing");
  CHECK(eval("date_diff", arg(kMaxInt), arg(0)) == "missing");
}

TEST_CASE("distances in time") {
  CHECK(eval("date_diff", arg(1700000000), arg(951782400)) == "8659");
  CHECK(eval("date_diff", arg(951782400), arg(1700000000)) == "-8659");
  CHECK(eval("date_diff", arg(-1), arg(0)) == "-1");
  CHECK(eval("date_diff", arg(-1), arg(0), arg("+08:00")) == "0");
  CHECK(eval("date_diff", arg(0), arg(0), arg("nowhere")).starts_with("error: there is no time zone"));
  CHECK(eval("seconds_since", arg(100), arg(250)) == "150");
  CHECK(eval("seconds_since", arg(kMinInt), arg(kMaxInt)) == "-1");
}

TEST_CASE("great circles") {
  auto distance = [](double a, double b, double c, double d) {
    return evalFloat("haversine", arg(a), arg(b), arg(c), arg(d));
  };
  CHECK(distance(39.9042, 116.4074, 31.2304, 121.4737) == Approx(1067.3116451587264).epsilon(1e-13));
  CHECK(distance(51.5007, 0.1246, 40.6892, 74.0445) == Approx(5574.848157146156).epsilon(1e-13));
  CHECK(distance(0, 0, 0, 180) == Approx(20015.114442035923).epsilon(1e-15));
  CHECK(distance(90, 0, -90, 0) == Approx(20015.114442035923).epsilon(1e-15));
  CHECK(distance(0, -179.9, 0, 179.9) == Approx(22.23901604670676).epsilon(1e-11));
  CHECK(distance(10, 20, 10, 20) == 0);
  CHECK(eval("haversine", arg(kNaN), arg(0), arg(0), arg(0)) == "nan");
}

TEST_CASE("geohashes") {
  auto hash = [](double lat, double lng, int n) { return eval("geohash", arg(lat), arg(lng), arg(n)); };
  CHECK(hash(57.64911, 10.40744, 11) == "\"u4pruydqqvj\"");
  CHECK(hash(42.605, -5.603, 5) == "\"ezs42\"");
  CHECK(hash(0, 0, 12) == "\"s00000000000\"");
  CHECK(hash(-90, -180, 3) == "\"000\"");
  CHECK(hash(90, 180, 3) == "\"zzz\"");
  CHECK(hash(90.0000001, 0, 3) == "missing");
  CHECK(hash(0, -180.5, 3) == "missing");
  CHECK(hash(kNaN, 0, 3) == "missing");
  CHECK(hash(0, 0, 13) == "error: \"precision\" must be from 1 to 12, but is 13");
}

TEST_CASE("grid cells") {
  auto cell = [](double lat, double lng, double degrees) {
    return eval("grid_cell", arg(lat), arg(lng), arg(degrees));
  };
  CHECK(cell(0, 0, 1) == "32580");  // row 90 of 360 columns, column 180
  CHECK(cell(-90, -180, 1) == "0");
  CHECK(cell(90, 180, 1) == "64799");
  CHECK(cell(-89.5, -179, 0.5) == "722");  // row 1 of 720, column 2
  CHECK(cell(90, 180, 180) == "1");
  CHECK(cell(90, 180, 0.0001) == "6479999999999");
  CHECK(cell(89, 179, 100) == "7");  // 2 rows of 4 columns
  CHECK(cell(0, 181, 1) == "missing");
  CHECK(cell(kNaN, 0, 1) == "missing");
  CHECK(cell(0, 0, 0.00001) == "error: \"degrees\" must be from 0.0001 to 180, but is 0.00001");
  CHECK(cell(0, 0, kNaN) == "error: \"degrees\" must be from 0.0001 to 180, but is nan");
}

TEST_CASE("angles and hyperbolic functions") {
  struct Row {
    const char* op;
    double at[3];  // of 0.5, -0.3 and 0.99
  };
  const Row rows[] = {
      {"sin", {0.479425538604203, -0.29552020666133955, 0.8360259786005205}},
      {"cos", {0.8775825618903728, 0.955336489125606, 0.5486898605815875}},
      {"tan", {0.5463024898437905, -0.30933624960962325, 1.5236767410179022}},
      {"asin", {0.5235987755982989, -0.3046926540153975, 1.4292568534704693}},
      {"acos", {1.0471975511965979, 1.8754889808102941, 0.1415394733244273}},
      {"atan", {0.4636476090008061, -0.2914567944778671, 0.7803730800666359}},
      {"sinh", {0.5210953054937474, -0.3045202934471426, 1.1598288906636083}},
      {"cosh", {1.1276259652063807, 1.0453385141288605, 1.5314055816856538}},
      {"asinh", {0.48121182505960347, -0.29567304756342244, 0.8742848121872949}},
      {"atanh", {0.5493061443340548, -0.30951960420311175, 2.6466524123622457}},
      {"expm1", {0.6487212707001282, -0.2591817793182821, 1.6912344723492623}},
  };
  const double xs[] = {0.5, -0.3, 0.99};
  for (const Row& r : rows) {
    INFO(r.op);
    for (size_t i = 0; i < 3; ++i) CHECK(evalFloat(r.op, arg(xs[i])) == Approx(r.at[i]).epsilon(5e-16 * 2));
  }
  CHECK(evalFloat("acosh", arg(2.5)) == Approx(1.566799236972411).epsilon(1e-15));
  CHECK(evalFloat("atan2", arg(-1), arg(-2)) == Approx(-2.677945044588987).epsilon(1e-15));
  CHECK(evalFloat("sin", arg(1e10)) == Approx(-0.4875060250875107).epsilon(1e-15));
  CHECK(evalFloat("cos", arg(1e300)) == Approx(-0.5753861119575491).epsilon(1e-15));
  CHECK(eval("asin", arg(1.5)) == "nan");
  CHECK(eval("sin", arg(kInf)) == "nan");
  CHECK(eval("atanh", arg(1)) == "inf");
}

TEST_CASE("floats of 32 bits") {
  CHECK(evalFloat("float32", arg(0.1)) == 0.10000000149011612);
  CHECK(eval("float32", arg(1e-46)) == "0");
  CHECK(eval("float32", arg(16777217)) == "16777216");
  CHECK(evalFloat("float32", arg(3.4028235e38)) == 3.4028234663852886e+38);
  CHECK(eval("float32", arg(3.5e38)) == "inf");
  CHECK(eval("float32", arg(kNaN)) == "nan");
}

TEST_CASE("a zone's table of offsets says what its rules say") {
  for (const char* name : {"Asia/Shanghai", "America/New_York", "Europe/Dublin", "Africa/Casablanca", "Asia/Gaza",
                           "Australia/Lord_Howe", "America/Caracas", "Pacific/Apia", "Antarctica/Troll", "UTC"}) {
    INFO(name);
    cctz::time_zone rules;
    REQUIRE(cctz::load_time_zone(name, &rules));
    auto at = [](int64_t time) { return cctz::time_point<cctz::seconds>(cctz::seconds(time)); };
    const ZoneOffsets offsets(rules);
    uint64_t found = 0;
    uint64_t looked = 0;
    auto look = [&](int64_t time) {
      int64_t offset = 0;
      ++looked;
      if (!offsets.find(time, offset)) return;
      ++found;
      if (offset != rules.lookup(at(time)).offset) FAIL("at " << time);
    };
    for (int64_t time = -100 * 86400; time < ZoneOffsets::kEnd + 100 * 86400; time += 40'001) look(time);
    // Around the changes.
    auto said = [&](int64_t time) { return rules.lookup(at(time)).offset; };
    constexpr int64_t kDay = 86'400;
    for (int64_t day = 0; day < ZoneOffsets::kEnd; day += kDay) {
      int64_t before = day;
      int64_t after = day + kDay;
      if (said(before) == said(after)) continue;
      while (after - before > 1) {
        int64_t middle = before + (after - before) / 2;
        (said(middle) == said(day) ? before : after) = middle;
      }
      for (int64_t seconds : {-3600, -1, 0, 1, 3600}) look(after + seconds);
    }
    CHECK(found > looked * 9 / 10);
    for (int64_t time : {kMinInt, int64_t{-1}, ZoneOffsets::kEnd, kMaxInt}) {
      int64_t offset = 0;
      CHECK(!offsets.find(time, offset));
    }
  }
}

}  // namespace featc
