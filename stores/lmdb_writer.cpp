// SPDX-License-Identifier: Apache-2.0
// Fills an LMDB file: rows in transactions of many, the map grown when it is full.
#include <fmt/format.h>

#include <vector>

#include "stores/lmdb_environment.h"
#include "stores/row_format.h"
#include "stores/writers.h"

namespace featc {
namespace {

constexpr size_t kRowsATransaction = 10'000;
constexpr size_t kBytesATransaction = size_t{64} << 20U;

class LmdbWriter final : public StoreWriter {
 public:
  explicit LmdbWriter(std::shared_ptr<LmdbEnvironment> environment) : environment_(std::move(environment)) {}

  bool write(const SourceInfo& source, std::string_view key, std::span<const Value> values) override {
    if (!error_.empty()) return false;
    std::string row = encodeRow(source, values);
    bool direct = isDirectKey(key);
    pending_.push_back({direct, direct ? std::string(key) : hashedKey(key), direct ? row : withFullKey(key, row)});
    pendingBytes_ += pending_.back().key.size() + pending_.back().value.size();
    return (pending_.size() < kRowsATransaction && pendingBytes_ < kBytesATransaction) || flush();
  }

  bool flush() override {
    if (!error_.empty()) return false;
    int code = put();
    // Rows are kept until a transaction has taken them, so a map that is full, or that another process has
    // let grow, only costs another try.
    while (code == MDB_MAP_FULL || code == MDB_MAP_RESIZED) {
      MDB_envinfo info;
      mdb_env_info(environment_->get(), &info);
      code = environment_->resize(code == MDB_MAP_FULL ? info.me_mapsize * 2 : 0);
      if (code == 0) code = put();
    }
    if (code != 0 && error_.empty()) error_ = mdb_strerror(code);
    pending_.clear();
    pendingBytes_ = 0;
    return code == 0;
  }

  const std::string& error() const override { return error_; }

 private:
  struct Row {
    bool direct;
    std::string key;
    std::string value;
  };

  int put() {
    auto lock = environment_->use();
    MDB_txn* transaction = nullptr;
    int code = mdb_txn_begin(environment_->get(), nullptr, 0, &transaction);
    if (code != 0) return code;
    for (const Row& row : pending_) {
      MDB_val key{row.key.size(), const_cast<char*>(row.key.data())};        // NOLINT: LMDB only reads it
      MDB_val value{row.value.size(), const_cast<char*>(row.value.data())};  // NOLINT
      code = mdb_put(transaction, row.direct ? environment_->direct() : environment_->hashed(), &key, &value, 0);
      if (code != 0) break;
    }
    if (code == 0) return mdb_txn_commit(transaction);
    mdb_txn_abort(transaction);
    return code;
  }

  std::shared_ptr<LmdbEnvironment> environment_;
  std::vector<Row> pending_;
  size_t pendingBytes_ = 0;
  std::string error_;
};

}  // namespace

Expected<std::unique_ptr<StoreWriter>> openLmdbWriter(const std::string& path) {
  Expected<std::shared_ptr<LmdbEnvironment>> environment = LmdbEnvironment::open(path, LmdbEnvironment::Mode::Write);
  if (!environment) return environment.error();
  return std::unique_ptr<StoreWriter>(std::make_unique<LmdbWriter>(*std::move(environment)));
}

}  // namespace featc
