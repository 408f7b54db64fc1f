// SPDX-License-Identifier: Apache-2.0
// Times as text: expected values from Python's datetime.strptime and zoneinfo.
#include "tests/common/catch.h"
#include "tests/unit/ops_fixture.h"

namespace featc {

TEST_CASE("times are read as their format says") {
  struct Row {
    const char* text;
    const char* format;
    const char* zone;  // empty: left out
    int64_t seconds;
  };
  const Row rows[] = {
      {"2023-11-14 22:13:20", "%Y-%m-%d %H:%M:%S", "UTC", 1700000000},
      {"2023-11-14 22:13:20", "%F %T", "", 1700000000},
      {"2024-03-10 02:30:00", "%F %T", "America/New_York", 1710055800},  // skipped by the clock
      {"2024-11-03 01:30:00", "%F %T", "America/New_York", 1730611800},  // shown twice
      {"20240229", "%Y%m%d", "Asia/Shanghai", 1709136000},
      {"2024-2-9 7:5:3", "%F %T", "Europe/Berlin", 1707458703},
      {"31/12/1999 23:59", "%d/%m/%Y %H:%M", "+05:30", 946664940},
      {"0001-01-01", "%F", "UTC", -62135596800},
      {"9999-12-31 23:59:59", "%F %T", "UTC", 253402300799},
      {"1900-01-01", "%F", "Asia/Shanghai", -2209017943},
      {"2000-03-01 00:00:00.123456", "%F %T.%f", "UTC", 951868800},
      {"1969-12-31 23:59:59.9", "%F %T.%f", "UTC", -1},
      {"2024-02-29T23:59:59+0530", "%FT%T%z", "", 1709231399},
      {"2024-02-29T23:59:59-11:00", "%FT%T%z", "", 1709290799},
      {"2024-02-29T23:59:59Z", "%FT%T%z", "", 1709251199},
      {"7:05", "%H:%M", "", 25500},
      {"20240229 7", "%Y%m%d %H", "", 1709190000},
      {"100% 2000", "100%% %Y", "", 946684800},
      {"14 Nov 2023 10:13 PM", "%d %b %Y %I:%M %p", "", 1699999980},
      {"NOVEMBER 14, 2023", "%B %d, %Y", "", 1699920000},
      {"november14,2023", "%b%d,%Y", "", 1699920000},
      {"12:30 am", "%I:%M %p", "", 1800},
      {"PM 12:30", "%p %I:%M", "", 45000},
      {"1aM", "%I%p", "", 3600},
      {"11PM", "%I%p", "Asia/Shanghai", 54000},
      {"1-mAy-1970", "%d-%b-%Y", "", 10368000},
  };
  for (const Row& r : rows) {
    INFO(r.text << " by " << r.format << " in " << r.zone);
    Arg zone = r.zone[0] == '\0' ? leftOut() : arg(r.zone);
    CHECK(callOperator("parse_time", {arg(r.text), arg(r.format), zone}).value == Value::of(r.seconds));
  }
}

TEST_CASE("texts that do not fit their format are missing") {
  struct Row {
    const char* text;
    const char* format;
  };
  const Row rows[] = {
      {"", "%F"},
      {"2024-01-01 ", "%F"},
      {" 2024-01-01", "%F"},
      {"2024-01", "%F"},
      {"2024/01/01", "%F"},
      {"24-01-01", "%F"},
      {"0000-01-01", "%F"},
      {"2023-02-29", "%F"},
      {"2024-02-30", "%F"},
      {"2024-00-01", "%F"},
      {"2024-13-01", "%F"},
      {"2024-01-00", "%F"},
      {"2024-04-31", "%F"},
      {"-024-04-30", "%F"},
      {"2024111", "%Y%m%d"},
      {"2024011", "%Y%m%d"},
      {"20236198", "%Y%m%d%H"},
      {"20240229 7", "%Y%m%d %H%M"},
      {"24:00:00", "%T"},
      {"23:60:00", "%T"},
      {"23:59:60", "%T"},
      {"23:59:59.", "%T.%f"},
      {"23:59:59.1234567890", "%T.%f"},
      {"2024-01-01T00:00:00", "%FT%T%z"},
      {"2024-01-01T00:00:00+8", "%FT%T%z"},
      {"2024-01-01T00:00:00+08:60", "%FT%T%z"},
      {"2024-01-01T00:00:00z", "%FT%T%z"},
      {"0 AM", "%I %p"},
      {"13 PM", "%I %p"},
      {"1 XM", "%I %p"},
      {"1 A", "%I %p"},
      {"1 ", "%I %p"},
      {"Nox 1", "%b %d"},
      {"Sept 1", "%b %d"},
      {"30 Feb 2024", "%d %b %Y"},
      {"0001-01-01T00:00:00+00:01", "%FT%T%z"},
      {"9999-12-31T23:59:59-00:01", "%FT%T%z"},
  };
  for (const Row& r : rows) {
    INFO(r.text << " by " << r.format);
    CHECK(eval("parse_time", arg(r.text), arg(r.format), leftOut()) == "missing");
  }
  CHECK(eval("parse_time", missing(kString), arg("%F"), leftOut()) == "missing");
  CHECK(eval("parse_time", arg("0001-01-01"), arg("%F"), arg("+00:01")) == "missing");
}

TEST_CASE("formats that cannot be meant are errors") {
  const char* known =
      "; those that do are %Y %m %d %H %M %S %f %z %I %p %b %B, %F for %Y-%m-%d and %T for %H:%M:%S, and %% is a %";
  CHECK(eval("parse_time", arg("x"), arg("yyyy-MM-dd"), leftOut()) ==
        "error: the format \"yyyy-MM-dd\" names no part of a time; here it is written \"%Y-%m-%d\"");
  CHECK(eval("format_time", arg(0), arg("yyyyMMdd HH:mm:ss"), leftOut()) ==
        "error: the format \"yyyyMMdd HH:mm:ss\" names no part of a time; here it is written \"%Y%m%d %H:%M:%S\"");
  struct Row {
    const char* format;
    const char* written;
  };
  const Row rows[] = {
      {"YYYY-MM-DD HH24:MI:SS", "%Y-%m-%d %H:%M:%S"},
      {"yyyy-MM-dd'T'HH:mm:ss.SSS", "%Y-%m-%dT%H:%M:%S.%f"},
      {"yyyyMMddHH", "%Y%m%d%H"},
      {"dd/MM/yy", "%Y-%m-%d"},
      {"hh:mm", "%Y-%m-%d"},
      {"dd MMM yyyy hh:mm a", "%d %b %Y %I:%M %p"},
      {"MMMM dd, YYYY HH12:MI AM", "%B %d, %Y %I:%M %p"},
      {"yyyy-MM-dd'T'HH:mm:ssXXX", "%Y-%m-%d"},
      {"today", "%Y-%m-%d"},
      {"", "%Y-%m-%d"},
      {"12:30", "%Y-%m-%d"},
      {"YYYY-MM-DD HH:MM:SS", "%Y-%m-%d"},
      {"yyyy-MM-dd HH:mm:ss.SSSSSS", "%Y-%m-%d"},
      {"100%%", "%Y-%m-%d"},
  };
  for (const Row& r : rows) {
    CHECK(eval("parse_time", arg("x"), arg(r.format), leftOut()) ==
          std::string("error: the format \"") + r.format + "\" names no part of a time; here it is written \"" +
              r.written + '"');
  }
  CHECK(eval("parse_time", arg("x"), arg("%S.%f%Y"), leftOut()) ==
        "error: after %f there must be something but digits");
  CHECK(eval("parse_time", arg("x"), arg("%\xE5\xB9\xB4"), leftOut()).starts_with("error: % names no part"));
  CHECK(eval("parse_time", arg("x"), arg("100%%"), leftOut()).starts_with("error: the format \"100%%\" names no part"));
  CHECK(eval("parse_time", arg("x"), arg("%Y-%j"), leftOut()) ==
        std::string("error: %j names no part of a time here") + known);
  CHECK(eval("parse_time", arg("x"), arg("%Y-%"), leftOut()) ==
        std::string("error: % names no part of a time here") + known);
  CHECK(eval("parse_time", arg("x"), arg("%F %Y"), leftOut()) == "error: the format has %Y twice");
  CHECK(eval("parse_time", arg("x"), arg("%F %b"), leftOut()) == "error: the format has the month twice");
  CHECK(eval("parse_time", arg("x"), arg("%b %B"), leftOut()) == "error: the format has the month twice");
  CHECK(eval("parse_time", arg("x"), arg("%I %H %p"), leftOut()) ==
        "error: the format has the hour twice, as %H and as %I");
  CHECK(eval("parse_time", arg("x"), arg("%I:%M"), leftOut()) ==
        "error: %I is an hour from 1 to 12, which needs %p for AM or PM; one from 0 to 23 is %H");
  CHECK(eval("parse_time", arg("x"), arg("%H:%M %p"), leftOut()) ==
        "error: %p is AM or PM of an hour from 1 to 12, which is %I");
  CHECK(eval("parse_time", arg("x"), arg("%F%z"), arg("UTC")) ==
        "error: with %z in the format the text says the zone itself");
  CHECK(eval("parse_time", arg("x"), arg("%F"), arg("Mars")).starts_with("error: there is no time zone \"Mars\""));
  CHECK(eval("format_time", arg(0), arg("HH:mm:ss.SSS"), leftOut()) ==
        "error: the format \"HH:mm:ss.SSS\" names no part of a time; here it is written \"%Y-%m-%d\"");
  CHECK(eval("format_time", arg(0), arg("%f"), leftOut()).starts_with("error: %f names no part of a time here"));
}

TEST_CASE("times are written as their format says, and read back") {
  CHECK(eval("format_time", arg(1700000000), arg("%F %T"), leftOut()) == "\"2023-11-14 22:13:20\"");
  CHECK(eval("format_time", arg(1700000000), arg("%Y%m%d%H%M%S"), arg("Asia/Shanghai")) == "\"20231115061320\"");
  CHECK(eval("format_time", arg(-1), arg("%d.%m.%Y %T%z 100%%"), leftOut()) == "\"31.12.1969 23:59:59+0000 100%\"");
  CHECK(eval("format_time", arg(0), arg("%z"), arg("-03:30")) == "\"-0330\"");
  CHECK(eval("format_time", arg(1700000000), arg("%d %b %Y, %I:%M %p"), leftOut()) == "\"14 Nov 2023, 10:13 PM\"");
  CHECK(eval("format_time", arg(22204800), arg("%B%I%p"), leftOut()) == "\"September12AM\"");
  CHECK(eval("format_time", arg(22204800 + 43200), arg("%B%I%p"), leftOut()) == "\"September12PM\"");
  CHECK(eval("format_time", arg(-62135596800), arg("%F"), leftOut()) == "\"0001-01-01\"");
  CHECK(eval("format_time", arg(-62135596800), arg("%F"), arg("-12:00")) == "\"0000-12-31\"");
  CHECK(eval("format_time", arg(253402300799), arg("%F"), arg("+14:00")) == "\"10000-01-01\"");
  CHECK(eval("format_time", arg(253402300800), arg("%F"), leftOut()) == "missing");
  CHECK(eval("format_time", arg(1700000000000), arg("%F"), leftOut()) == "missing");
  CHECK(eval("format_time", arg(kMinInt), arg("%F"), arg("America/New_York")) == "missing");
  for (int64_t time = -62135596800; time <= 253402300799; time += 86400 * 333 + 4321) {
    std::string text = callOperator("format_time", {arg(time), arg("%F %T%z"), arg("Asia/Kolkata")}).value.asString();
    // Before 1906 the offset has seconds, which "%z" does not tell.
    if (time > 0) CHECK(callOperator("parse_time", {arg(text), arg("%F %T%z"), leftOut()}).value == Value::of(time));
    text = callOperator("format_time", {arg(time), arg("%F %T"), leftOut()}).value.asString();
    CHECK(callOperator("parse_time", {arg(text), arg("%F %T"), leftOut()}).value == Value::of(time));
  }
}

}  // namespace featc
