/* SPDX-License-Identifier: Apache-2.0 */
/* Reads tensor sequences, featc's wire format, in place: C99, one header, no dependency.
 * docs/tensor-sequence.md specifies every byte.
 *
 *   featc_ts ts;
 *   const char* problem = featc_ts_open(&ts, data, size, 0);
 *   if (problem != NULL) ...it says what is wrong...
 *   for (uint32_t i = 0; i < ts.tensors; ++i) {
 *     featc_ts_tensor t = featc_ts_get(&ts, i);
 *     uint64_t count;
 *     const uint64_t* ids = featc_ts_row_ids(&t, row, &count);
 *   }
 *
 * Nothing is copied: every pointer goes into `data`, which must stay and must be at a multiple of 8. Once
 * featc_ts_open has returned NULL without FEATC_TS_SKIP_OFFSETS, every offset may be followed unchecked.
 * For compressed buffers define FEATC_TENSOR_SEQUENCE_ZSTD, link libzstd and see featc_ts_unpack. */
#ifndef FEATC_TENSOR_SEQUENCE_H
#define FEATC_TENSOR_SEQUENCE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "tensor sequences are little-endian and read in place: this machine cannot"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* -- The layout ------------------------------------------------------------------------------- */

#define FEATC_TS_MAGIC "FEATCTSQ"
enum {
  FEATC_TS_VERSION = 2, /* the newest; one with FEATC_TS_PAD_LEFT, without that it is 1 */
  FEATC_TS_HEADER_BYTES = 96,
  FEATC_TS_RECORD_BYTES = 56,
  FEATC_TS_FLAG_ZSTD = 1,      /* the body is one zstd frame */
  FEATC_TS_FLAG_POSITIONS = 2, /* where each item stood in the input is there */
  FEATC_TS_PART_OFFSETS = 1,
  FEATC_TS_PART_WEIGHTS = 2,
  FEATC_TS_PART_ELEMENTS = 4,
  FEATC_TS_PAD_LEFT = 8, /* not an array: on which side rows are filled up */
  FEATC_TS_SPARSE = 0,
  FEATC_TS_DENSE = 1,
  FEATC_TS_SEQUENCE = 2,
  FEATC_TS_IDS = 1,   /* values are uint64 */
  FEATC_TS_FLOATS = 2 /* values are float32 */
};

/* -- What a buffer holds ---------------------------------------------------------------------- */

typedef struct featc_ts {
  const char* model; /* model_bytes bytes, no NUL */
  uint32_t model_bytes;
  uint32_t semantics;
  uint64_t fingerprint; /* of the config; 0: not known */
  uint64_t requests;    /* R */
  uint64_t items;       /* M */
  uint64_t failed;      /* items whose status is not 0: their values mean nothing */
  uint32_t tensors;
  const int64_t* item_offsets; /* R + 1: request r has items item_offsets[r] .. item_offsets[r + 1] - 1 */
  const uint8_t* status;       /* M: 0 fine, 1 bad input, 2 too many ids, 3 value too large, 4 out of memory ... */
  /* Where each item stood in the input, M each; NULL where the writer had no input. */
  const uint64_t* input_row;
  const uint64_t* input_request;
  const uint64_t* input_item;
  /* The rest is for the functions below. */
  const uint8_t* records;
  const char* names;
  const uint8_t* body;
} featc_ts;

/* One output. It has `rows` rows: R for a request feature, M for an item feature. In a sequence group a row
 * has elements element_offsets[row] .. element_offsets[row + 1] - 1, and each element is a cell; else
 * each row is one. A cell has `width` values, or with `offsets` those from offsets[cell] to offsets[cell + 1]. */
typedef struct featc_ts_tensor {
  const char* name; /* name_bytes bytes, no NUL */
  uint32_t name_bytes;
  const char* group; /* of a sequence group's output, else group_bytes is 0 */
  uint32_t group_bytes;
  uint32_t slot;    /* 0 for dense outputs */
  uint8_t kind;     /* FEATC_TS_SPARSE, _DENSE, _SEQUENCE */
  uint8_t r_flag;   /* 1: a request feature */
  uint8_t type;     /* FEATC_TS_IDS, _FLOATS */
  uint32_t width;   /* 0 with offsets */
  uint32_t length;  /* of a sequence, or of a group: the most that a row has */
  uint8_t pad_left; /* 1: who fills rows up to `length` does so before their first value, not behind the last */
  uint64_t rows;
  uint64_t cells;
  uint64_t values;
  const uint64_t* ids;            /* values of them, or NULL; id 0: none, or a missing element */
  const float* floats;            /* values of them, or NULL */
  const float* weights;           /* one an id, or NULL */
  const int32_t* offsets;         /* cells + 1, or NULL */
  const int32_t* element_offsets; /* rows + 1, or NULL */
} featc_ts_tensor;

/* -- Details ---------------------------------------------------------------------------------- */

static inline uint64_t featc_ts_u64(const void* at) {
  uint64_t v;
  memcpy(&v, at, 8);
  return v;
}
static inline uint32_t featc_ts_u32(const void* at) {
  uint32_t v;
  memcpy(&v, at, 4);
  return v;
}
static inline uint64_t featc_ts_rotate(uint64_t v, int bits) { return (v << bits) | (v >> (64 - bits)); }
/* Rounded up to a multiple of 8. */
static inline uint64_t featc_ts_padded(uint64_t bytes) { return (bytes + 7) & ~(uint64_t)7; }

/* XXH64 with seed 0. */
static inline uint64_t featc_ts_checksum(const void* data, size_t size) {
  const uint64_t p1 = 0x9E3779B185EBCA87U, p2 = 0xC2B2AE3D27D4EB4FU, p3 = 0x165667B19E3779F9U;
  const uint64_t p4 = 0x85EBCA77C2B2AE63U, p5 = 0x27D4EB2F165667C5U;
  const uint8_t* at = (const uint8_t*)data;
  size_t left = size;
  uint64_t h = p5;
  if (left >= 32) {
    uint64_t v[4];
    int i;
    v[0] = p1 + p2;
    v[1] = p2;
    v[2] = 0;
    v[3] = 0U - p1;
    for (; left >= 32; at += 32, left -= 32)
      for (i = 0; i < 4; ++i) v[i] = featc_ts_rotate(v[i] + featc_ts_u64(at + 8 * i) * p2, 31) * p1;
    h = featc_ts_rotate(v[0], 1) + featc_ts_rotate(v[1], 7) + featc_ts_rotate(v[2], 12) + featc_ts_rotate(v[3], 18);
    for (i = 0; i < 4; ++i) h = (h ^ featc_ts_rotate(v[i] * p2, 31) * p1) * p1 + p4;
  }
  h += (uint64_t)size;
  for (; left >= 8; at += 8, left -= 8)
    h = featc_ts_rotate(h ^ featc_ts_rotate(featc_ts_u64(at) * p2, 31) * p1, 27) * p1 + p4;
  if (left >= 4) {
    h = featc_ts_rotate(h ^ featc_ts_u32(at) * p1, 23) * p2 + p3;
    at += 4;
    left -= 4;
  }
  for (; left > 0; ++at, --left) h = featc_ts_rotate(h ^ *at * p5, 11) * p1;
  h = (h ^ (h >> 33)) * p2;
  h = (h ^ (h >> 29)) * p3;
  return h ^ (h >> 32);
}

/* From 0, never descending, to `last`. */
static inline int featc_ts_ascend32(const int32_t* offsets, uint64_t count, uint64_t last) {
  int bad = offsets[0] != 0;
  uint64_t i;
  for (i = 0; i < count; ++i) bad |= offsets[i + 1] < offsets[i];
  return !bad && (uint64_t)offsets[count] == last;
}
static inline int featc_ts_ascend64(const int64_t* offsets, uint64_t count, uint64_t last) {
  int bad = offsets[0] != 0;
  uint64_t i;
  for (i = 0; i < count; ++i) bad |= offsets[i + 1] < offsets[i];
  return !bad && (uint64_t)offsets[count] == last;
}

/* Takes `count` values of `bytes` bytes from what is `left` of the body; 0: they are not all there. */
static inline int featc_ts_take(uint64_t* left, uint64_t count, uint64_t bytes) {
  uint64_t size;
  if (count > *left / bytes) return 0;
  size = featc_ts_padded(count * bytes);
  if (size > *left) return 0;
  *left -= size;
  return 1;
}

static inline int featc_ts_knows(const uint8_t* at) {
  uint32_t version = featc_ts_u32(at + 8);
  return version >= 1 && version <= FEATC_TS_VERSION;
}

/* The header alone; NULL or what is wrong. */
static inline const char* featc_ts_check_header(const uint8_t* at, size_t size) {
  uint64_t total, body, stored;
  if (size < FEATC_TS_HEADER_BYTES) return "truncated: not even a whole header is there";
  if (memcmp(at, FEATC_TS_MAGIC, 8) != 0) return "not a tensor sequence: the magic bytes are wrong";
  if (!featc_ts_knows(at)) return "a version of the format that this reader does not know";
  total = featc_ts_u64(at + 16);
  if (total > size) return "truncated: the buffer is shorter than its header says";
  if (total < FEATC_TS_HEADER_BYTES || total % 8 != 0) return "corrupted: an impossible size";
  body = featc_ts_u64(at + 32);
  stored = featc_ts_u64(at + 40);
  if (stored > total - FEATC_TS_HEADER_BYTES || featc_ts_padded(stored) != total - FEATC_TS_HEADER_BYTES)
    return "corrupted: the sizes in the header contradict one another";
  if (body % 8 != 0) return "corrupted: an impossible size";
  if ((featc_ts_u32(at + 12) & ~(uint32_t)(FEATC_TS_FLAG_ZSTD | FEATC_TS_FLAG_POSITIONS)) != 0)
    return "it has flags that this reader does not know";
  return NULL;
}

/* -- Reading ---------------------------------------------------------------------------------- */

/* Of what is at the start of a stream of buffers: how many bytes the first one has; 0 when it is not a tensor
 * sequence of this version, or `size` is below FEATC_TS_HEADER_BYTES. The buffer need not be there whole. */
static inline uint64_t featc_ts_total_bytes(const void* data, size_t size) {
  const uint8_t* at = (const uint8_t*)data;
  if (size < FEATC_TS_HEADER_BYTES || memcmp(at, FEATC_TS_MAGIC, 8) != 0 || !featc_ts_knows(at)) return 0;
  return featc_ts_u64(at + 16);
}

/* Tensor i, below ts->tensors, of a buffer that is open. */
static inline featc_ts_tensor featc_ts_get(const featc_ts* ts, uint32_t i) {
  const uint8_t* record = ts->records + (size_t)FEATC_TS_RECORD_BYTES * i;
  const uint8_t* data = ts->body + featc_ts_u64(record + 48);
  uint8_t parts = record[23];
  featc_ts_tensor t;
  t.name = ts->names + featc_ts_u32(record);
  t.name_bytes = featc_ts_u32(record + 4);
  t.group = ts->names + featc_ts_u32(record + 8);
  t.group_bytes = featc_ts_u32(record + 12);
  t.slot = featc_ts_u32(record + 16);
  t.kind = record[20];
  t.r_flag = record[21];
  t.type = record[22];
  t.width = featc_ts_u32(record + 24);
  t.length = featc_ts_u32(record + 28);
  t.pad_left = (parts & FEATC_TS_PAD_LEFT) != 0;
  t.rows = t.r_flag != 0 ? ts->requests : ts->items;
  t.cells = featc_ts_u64(record + 32);
  t.values = featc_ts_u64(record + 40);
  t.element_offsets = NULL;
  t.offsets = NULL;
  t.ids = NULL;
  t.floats = NULL;
  t.weights = NULL;
  if ((parts & FEATC_TS_PART_ELEMENTS) != 0) {
    t.element_offsets = (const int32_t*)(const void*)data;
    data += featc_ts_padded((t.rows + 1) * 4);
  }
  if ((parts & FEATC_TS_PART_OFFSETS) != 0) {
    t.offsets = (const int32_t*)(const void*)data;
    data += featc_ts_padded((t.cells + 1) * 4);
  }
  if (t.type == FEATC_TS_IDS) {
    t.ids = (const uint64_t*)(const void*)data;
    data += t.values * 8;
  } else {
    t.floats = (const float*)(const void*)data;
    data += featc_ts_padded(t.values * 4);
  }
  if ((parts & FEATC_TS_PART_WEIGHTS) != 0) t.weights = (const float*)(const void*)data;
  return t;
}

/* Whether record i points only at bytes that are there; `left` bytes of body lie from offset 0 on. */
static inline const char* featc_ts_check_record(const featc_ts* ts, uint32_t i, uint64_t names_bytes,
                                                uint64_t body_bytes) {
  const uint8_t* record = ts->records + (size_t)FEATC_TS_RECORD_BYTES * i;
  uint64_t rows = record[21] != 0 ? ts->requests : ts->items;
  uint64_t cells = featc_ts_u64(record + 32), values = featc_ts_u64(record + 40), at = featc_ts_u64(record + 48);
  uint32_t width = featc_ts_u32(record + 24);
  uint8_t parts = record[23];
  uint64_t left;
  if ((uint64_t)featc_ts_u32(record) + featc_ts_u32(record + 4) > names_bytes ||
      (uint64_t)featc_ts_u32(record + 8) + featc_ts_u32(record + 12) > names_bytes)
    return "corrupted: a tensor's name is outside the buffer";
  if (record[20] > FEATC_TS_SEQUENCE || record[21] > 1 || record[22] < FEATC_TS_IDS || record[22] > FEATC_TS_FLOATS ||
      parts > 15)
    return "corrupted: a tensor of a kind that does not exist";
  if (at > body_bytes || at % 8 != 0) return "corrupted: a tensor is outside the buffer";
  left = body_bytes - at;
  if ((parts & FEATC_TS_PART_ELEMENTS) == 0 && cells != rows) return "corrupted: a tensor with a wrong number of rows";
  if ((parts & FEATC_TS_PART_ELEMENTS) != 0 && !featc_ts_take(&left, rows + 1, 4))
    return "corrupted: a tensor is outside the buffer";
  if ((parts & FEATC_TS_PART_OFFSETS) != 0) {
    if (cells == UINT64_MAX || !featc_ts_take(&left, cells + 1, 4)) return "corrupted: a tensor is outside the buffer";
  } else if (width == 0 ? values != 0 : values / width != cells || values % width != 0) {
    return "corrupted: a tensor with a wrong number of values";
  }
  if (!featc_ts_take(&left, values, record[22] == FEATC_TS_IDS ? 8 : 4))
    return "corrupted: a tensor is outside the buffer";
  if ((parts & FEATC_TS_PART_WEIGHTS) != 0 && !featc_ts_take(&left, values, 4))
    return "corrupted: a tensor is outside the buffer";
  return NULL;
}

enum {
  FEATC_TS_SKIP_CHECKSUM = 1, /* whoever brought the bytes vouches for them */
  FEATC_TS_SKIP_OFFSETS = 2   /* offsets are not looked at: use the row functions, which check their own */
};

/* Opens the buffer at the start of `data`, which may be followed by others. NULL when all is well, else a text
 * that says what is wrong; nothing outside `data` is ever read. */
static inline const char* featc_ts_open(featc_ts* ts, const void* data, size_t size, unsigned options) {
  const uint8_t* at = (const uint8_t*)data;
  const char* problem;
  uint64_t body_bytes, left, names_bytes;
  uint32_t i, flags;
  memset(ts, 0, sizeof *ts);
  if ((problem = featc_ts_check_header(at, size)) != NULL) return problem;
  if ((uintptr_t)data % 8 != 0) return "the buffer is not at a multiple of 8";
  if ((options & FEATC_TS_SKIP_CHECKSUM) == 0 &&
      featc_ts_checksum(at + 32, (size_t)featc_ts_u64(at + 16) - 32) != featc_ts_u64(at + 24))
    return "corrupted: the checksum is wrong";
  flags = featc_ts_u32(at + 12);
  if ((flags & FEATC_TS_FLAG_ZSTD) != 0) return "compressed: unpack it first";
  body_bytes = featc_ts_u64(at + 32);
  if (featc_ts_u64(at + 40) != body_bytes) return "corrupted: the sizes in the header contradict one another";

  ts->fingerprint = featc_ts_u64(at + 48);
  ts->semantics = featc_ts_u32(at + 56);
  ts->tensors = featc_ts_u32(at + 60);
  ts->requests = featc_ts_u64(at + 64);
  ts->items = featc_ts_u64(at + 72);
  ts->failed = featc_ts_u64(at + 80);
  ts->model_bytes = featc_ts_u32(at + 88);
  names_bytes = featc_ts_u32(at + 92);
  ts->body = at + FEATC_TS_HEADER_BYTES;
  left = body_bytes;
  ts->item_offsets = (const int64_t*)(const void*)ts->body;
  if (ts->requests == UINT64_MAX || !featc_ts_take(&left, ts->requests + 1, 8))
    return "corrupted: the item offsets are outside the buffer";
  ts->status = ts->body + (body_bytes - left);
  if (!featc_ts_take(&left, ts->items, 1)) return "corrupted: the status is outside the buffer";
  if ((flags & FEATC_TS_FLAG_POSITIONS) != 0) {
    ts->input_row = (const uint64_t*)(const void*)(ts->body + (body_bytes - left));
    ts->input_request = ts->input_row + ts->items;
    ts->input_item = ts->input_request + ts->items;
    if (!featc_ts_take(&left, ts->items, 24)) return "corrupted: the positions are outside the buffer";
  }
  ts->records = ts->body + (body_bytes - left);
  if (!featc_ts_take(&left, ts->tensors, FEATC_TS_RECORD_BYTES))
    return "corrupted: the tensors' records are outside the buffer";
  ts->names = (const char*)(ts->body + (body_bytes - left));
  ts->model = ts->names;
  if (!featc_ts_take(&left, names_bytes, 1) || ts->model_bytes > names_bytes)
    return "corrupted: the names are outside the buffer";
  for (i = 0; i < ts->tensors; ++i)
    if ((problem = featc_ts_check_record(ts, i, names_bytes, body_bytes)) != NULL) return problem;
  if ((options & FEATC_TS_SKIP_OFFSETS) != 0) return NULL;
  if (!featc_ts_ascend64(ts->item_offsets, ts->requests, ts->items)) return "corrupted: item offsets that descend";
  for (i = 0; i < ts->tensors; ++i) {
    featc_ts_tensor t = featc_ts_get(ts, i);
    if (t.element_offsets != NULL && !featc_ts_ascend32(t.element_offsets, t.rows, t.cells))
      return "corrupted: element offsets that descend";
    if (t.offsets != NULL && !featc_ts_ascend32(t.offsets, t.cells, t.values)) return "corrupted: offsets that descend";
  }
  return NULL;
}

/* The index of the tensor with this name, or ts->tensors. */
static inline uint32_t featc_ts_find(const featc_ts* ts, const char* name) {
  size_t bytes = strlen(name);
  uint32_t i;
  for (i = 0; i < ts->tensors; ++i) {
    const uint8_t* record = ts->records + (size_t)FEATC_TS_RECORD_BYTES * i;
    if (featc_ts_u32(record + 4) == bytes && memcmp(ts->names + featc_ts_u32(record), name, bytes) == 0) break;
  }
  return i;
}

/* The values of a cell: where they begin and how many there are; none where the cell, or its offsets, are not sound. */
static inline uint64_t featc_ts_cell(const featc_ts_tensor* t, uint64_t cell, uint64_t* count) {
  *count = 0;
  if (cell >= t->cells) return 0;
  if (t->offsets == NULL) {
    *count = t->width;
    return cell * t->width;
  }
  if (t->offsets[cell] < 0 || t->offsets[cell + 1] < t->offsets[cell] || (uint64_t)t->offsets[cell + 1] > t->values)
    return 0;
  *count = (uint64_t)(t->offsets[cell + 1] - t->offsets[cell]);
  return (uint64_t)t->offsets[cell];
}

/* The ids of a cell (a row, or an element of a sequence group), `*count` of them; no id counts as none. */
static inline const uint64_t* featc_ts_row_ids(const featc_ts_tensor* t, uint64_t cell, uint64_t* count) {
  uint64_t begin = featc_ts_cell(t, cell, count);
  if (t->ids == NULL) *count = 0;
  if (*count == 1 && t->offsets == NULL && t->ids[begin] == 0) *count = 0;
  return *count == 0 ? NULL : t->ids + begin;
}
/* Their weights, in the same order; none where the tensor has no weights. */
static inline const float* featc_ts_row_weights(const featc_ts_tensor* t, uint64_t cell, uint64_t* count) {
  uint64_t begin = featc_ts_cell(t, cell, count);
  if (t->weights == NULL) *count = 0;
  return *count == 0 ? NULL : t->weights + begin;
}
/* The numbers of a cell of a dense output. */
static inline const float* featc_ts_row_floats(const featc_ts_tensor* t, uint64_t cell, uint64_t* count) {
  uint64_t begin = featc_ts_cell(t, cell, count);
  if (t->floats == NULL) *count = 0;
  return *count == 0 ? NULL : t->floats + begin;
}

/* -- Compressed buffers ----------------------------------------------------------------------- */

#ifdef FEATC_TENSOR_SEQUENCE_ZSTD
#ifdef __cplusplus
}
#endif
#include <zstd.h>
#ifdef __cplusplus
extern "C" {
#endif

/* How many bytes featc_ts_unpack writes for the buffer at `data`; 0 when its header is not sound. What a
 * corrupted header asks for may be far too much: compare with what you are ready to allocate. */
static inline uint64_t featc_ts_unpacked_bytes(const void* data, size_t size) {
  const uint8_t* at = (const uint8_t*)data;
  if (featc_ts_check_header(at, size) != NULL) return 0;
  if (featc_ts_u64(at + 32) > UINT64_MAX - FEATC_TS_HEADER_BYTES) return 0;
  return featc_ts_u64(at + 32) + FEATC_TS_HEADER_BYTES;
}

/* Writes the same tensor sequence without compression to `out`, which has `room` bytes and lies at a multiple
 * of 8; open it with FEATC_TS_SKIP_CHECKSUM or without. NULL when all is well. */
static inline const char* featc_ts_unpack(const void* data, size_t size, void* out, size_t room, unsigned options) {
  const uint8_t* at = (const uint8_t*)data;
  uint8_t* to = (uint8_t*)out;
  const char* problem = featc_ts_check_header(at, size);
  uint64_t body, stored, total;
  uint32_t flags;
  if (problem != NULL) return problem;
  if ((options & FEATC_TS_SKIP_CHECKSUM) == 0 &&
      featc_ts_checksum(at + 32, (size_t)featc_ts_u64(at + 16) - 32) != featc_ts_u64(at + 24))
    return "corrupted: the checksum is wrong";
  body = featc_ts_u64(at + 32);
  stored = featc_ts_u64(at + 40);
  if (room < FEATC_TS_HEADER_BYTES || body > room - FEATC_TS_HEADER_BYTES) return "there is no room to unpack it";
  flags = featc_ts_u32(at + 12);
  memcpy(to, at, FEATC_TS_HEADER_BYTES);
  if ((flags & FEATC_TS_FLAG_ZSTD) != 0) {
    size_t made = ZSTD_decompress(to + FEATC_TS_HEADER_BYTES, (size_t)body, at + FEATC_TS_HEADER_BYTES, (size_t)stored);
    if (ZSTD_isError(made) || made != body) return "corrupted: the compressed body does not unpack";
  } else {
    if (stored != body) return "corrupted: the sizes in the header contradict one another";
    memcpy(to + FEATC_TS_HEADER_BYTES, at + FEATC_TS_HEADER_BYTES, (size_t)body);
  }
  flags &= ~(uint32_t)FEATC_TS_FLAG_ZSTD;
  total = body + FEATC_TS_HEADER_BYTES;
  memcpy(to + 12, &flags, 4);
  memcpy(to + 16, &total, 8);
  memcpy(to + 40, &body, 8);
  total = featc_ts_checksum(to + 32, (size_t)total - 32);
  memcpy(to + 24, &total, 8);
  return NULL;
}
#endif

#ifdef __cplusplus
}
#endif

#endif
