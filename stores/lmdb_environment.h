// SPDX-License-Identifier: Apache-2.0
// An LMDB environment, opened once per path and process as LMDB demands. LMDB says which moment of the file a read sees
// and keeps its pages from being used again; the pages themselves are read by LmdbPages.
#pragma once

#include <lmdb.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>

#include "stores/lmdb_pages.h"
#include "support/error.h"

namespace featc {

// Two tables: rows under their own keys, and rows under the hash of keys that LMDB does not take.
class LmdbEnvironment {
 public:
  enum class Mode : uint8_t { Read, Write };
  // The one that is open for `path` (a folder, or a file that is there), else a new one; writing makes the
  // folder. Fails with BadStore also where it is to be written and is open for reading only.
  static Expected<std::shared_ptr<LmdbEnvironment>> open(const std::string& path, Mode mode);
  ~LmdbEnvironment();
  LmdbEnvironment(const LmdbEnvironment&) = delete;
  LmdbEnvironment& operator=(const LmdbEnvironment&) = delete;

  // A read of one moment. Follows a file that another process has let grow.
  class Reading {
   public:
    explicit Reading(LmdbEnvironment& environment);
    ~Reading();
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;
    // 0, MDB_NOTFOUND or another of LMDB's errors; `value` points into the file until the reading ends.
    int get(std::string_view key, std::string_view& value) const;
    // Why there is nothing to read; empty: there is.
    const std::string& problem() const { return problem_; }

   private:
    // LMDB's error.
    int begin(LmdbEnvironment& environment);
    std::string findTables(LmdbEnvironment& environment);

    std::shared_lock<std::shared_mutex> lock_;
    MDB_txn* transaction_ = nullptr;
    std::string problem_;
    std::shared_ptr<const LmdbMapping> mapping_;
    std::optional<LmdbPages> pages_;
    uint64_t direct_ = 0;  // the tables' roots
    uint64_t hashed_ = 0;
  };

  MDB_env* get() const { return environment_; }
  // Held while a transaction is open.
  std::shared_lock<std::shared_mutex> use() { return std::shared_lock(resizing_); }
  // Waits for open transactions. 0 bytes: as large as another process has made it. LMDB's error.
  int resize(size_t bytes) {
    std::unique_lock alone(resizing_);
    return mdb_env_set_mapsize(environment_, bytes);
  }
  MDB_dbi direct() const { return direct_; }
  MDB_dbi hashed() const { return hashed_; }

 private:
  LmdbEnvironment() = default;
  std::string start(const std::string& path, Mode mode);
  int openTables();
  // Of the file as long as it is now; the part of it that is there is `bytes`.
  std::shared_ptr<const LmdbMapping> mapping(size_t& bytes);

  MDB_env* environment_ = nullptr;
  Mode mode_ = Mode::Read;
  MDB_dbi direct_ = 0;
  MDB_dbi hashed_ = 0;
  std::shared_mutex resizing_;  // LMDB takes a new size only while nothing reads
  std::mutex mappingMutex_;
  std::shared_ptr<const LmdbMapping> mapping_;
};

}  // namespace featc
