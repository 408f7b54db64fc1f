/* SPDX-License-Identifier: Apache-2.0 */
/* A plug-in with three functions for comparing names: how alike two are (Jaro and Winkler), what one sounds
 * like (American Soundex), and how long its words are. docs/plugins.md walks through it. */
#include <string.h>

#include "featc/plugin.h"

/* -- jaro_winkler(a: string, b: string) -> float64 -------------------------------------------------- */

/* Names are short: what is behind this many bytes is not looked at. */
enum { LONGEST = 256 };

static double jaro_winkler(featc_string a, featc_string b) {
  size_t m = a.size < LONGEST ? (size_t)a.size : LONGEST;
  size_t n = b.size < LONGEST ? (size_t)b.size : LONGEST;
  size_t longer = m > n ? m : n;
  size_t window = longer / 2 > 0 ? longer / 2 - 1 : 0;
  unsigned char in_a[LONGEST] = {0};
  unsigned char in_b[LONGEST] = {0};
  size_t matches = 0;
  if (m == 0 && n == 0) return 1;
  for (size_t i = 0; i < m; ++i) {
    size_t from = i > window ? i - window : 0;
    for (size_t j = from; j < n && j <= i + window; ++j) {
      if (in_b[j] || a.data[i] != b.data[j]) continue;
      in_a[i] = in_b[j] = 1;
      ++matches;
      break;
    }
  }
  if (matches == 0) return 0;
  size_t out_of_order = 0;
  for (size_t i = 0, j = 0; i < m; ++i) {
    if (!in_a[i]) continue;
    while (!in_b[j]) ++j;
    out_of_order += a.data[i] != b.data[j++];
  }
  double c = (double)matches;
  double jaro = (c / (double)m + c / (double)n + (c - (double)(out_of_order / 2)) / c) / 3;
  size_t prefix = 0;
  while (prefix < 4 && prefix < m && prefix < n && a.data[prefix] == b.data[prefix]) ++prefix;
  return jaro + 0.1 * (double)prefix * (1 - jaro);
}

static void jaro_winkler_rows(featc_call* call) {
  const featc_string* a = call->arguments[0].cells;
  const featc_string* b = call->arguments[1].cells;
  double* results = call->results;
  for (uint64_t row = 0; row < call->rows; ++row) results[row] = jaro_winkler(a[row], b[row]);
}

/* -- soundex(name: string) -> string? ---------------------------------------------------------------- */

static char upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c; }

/* The digit of a letter; '0' where it has none and separates equal digits, 'h' where it does not even that. */
static char digit(char letter) {
  static const char digits[] = "01230120022455012623010202";
  if (letter == 'H' || letter == 'W') return 'h';
  return letter >= 'A' && letter <= 'Z' ? digits[letter - 'A'] : '0';
}

static void soundex_rows(featc_call* call) {
  const featc_string* names = call->arguments[0].cells;
  featc_string* results = call->results;
  for (uint64_t row = 0; row < call->rows; ++row) {
    featc_string name = names[row];
    uint64_t at = 0;
    while (at < name.size && (upper(name.data[at]) < 'A' || upper(name.data[at]) > 'Z')) ++at;
    if (at == name.size) continue; /* no letter: missing */
    char* code = call->allocate(call, row, 4);
    if (code == NULL) continue;
    memcpy(code, "0000", 4);
    code[0] = upper(name.data[at]);
    char last = digit(code[0]);
    for (uint64_t used = 1; ++at < name.size && used < 4;) {
      char d = digit(upper(name.data[at]));
      if (d == 'h') continue;
      if (d != '0' && d != last) code[used++] = d;
      last = d;
    }
    results[row].data = code;
    results[row].size = 4;
    call->results_valid[row] = 1;
  }
}

/* -- word_lengths(text: string, longest: int64?) -> list<int64> -------------------------------------- */

/* Bytes of each word between blanks; longer words count as `longest`, which must not be negative. */
static void word_lengths_rows(featc_call* call) {
  const featc_string* texts = call->arguments[0].cells;
  const int64_t* longest = call->arguments[1].cells;
  const uint8_t* has_longest = call->arguments[1].valid;
  featc_list* results = call->results;
  for (uint64_t row = 0; row < call->rows; ++row) {
    featc_string text = texts[row];
    if (has_longest[row] && longest[row] < 0) {
      call->fail(call, row);
      continue;
    }
    int64_t* lengths = call->allocate(call, row, (text.size / 2 + 1) * sizeof(int64_t));
    if (lengths == NULL) continue;
    uint64_t count = 0;
    int64_t length = 0;
    for (uint64_t at = 0; at <= text.size; ++at) {
      if (at < text.size && text.data[at] != ' ') {
        ++length;
        continue;
      }
      if (length > 0) lengths[count++] = has_longest[row] && length > longest[row] ? longest[row] : length;
      length = 0;
    }
    results[row].data = lengths;
    results[row].size = count;
  }
}

static const featc_plugin_function functions[] = {
    {"jaro_winkler", "(string, string) -> float64", jaro_winkler_rows},
    {"soundex", "(string) -> string?", soundex_rows},
    {"word_lengths", "(string, int64?) -> list<int64>", word_lengths_rows},
};

const featc_plugin featc_plugin_descriptor = {FEATC_PLUGIN_ABI, sizeof functions / sizeof functions[0], functions};
