// SPDX-License-Identifier: Apache-2.0
// Opens LMDB environments and reads rows from them.
#include "runtime/stores/lmdb_environment.h"

#include <condition_variable>
#include <filesystem>
#include <map>

#include "runtime/stores/row_format.h"

namespace featc {
namespace {

constexpr unsigned kTables = 2;
constexpr const char* kDirectTable = "rows";
constexpr const char* kHashedTable = "hashed";
// Address space, not memory: an environment made by another process brings its own size.
constexpr size_t kFirstMapBytes = size_t{1} << 30U;
constexpr unsigned kReaders = 1024;

struct OpenEnvironments {
  std::mutex mutex;
  std::condition_variable closed;
  std::map<std::string, std::weak_ptr<LmdbEnvironment>> byPath;  // entries stay until the environment is closed
};

OpenEnvironments& openEnvironments() {
  static OpenEnvironments all;
  return all;
}

}  // namespace

std::shared_ptr<LmdbEnvironment> LmdbEnvironment::open(const std::string& path, Mode mode, std::string& error) {
  namespace fs = std::filesystem;
  std::error_code code;
  if (mode == Mode::Write && !fs::exists(path, code)) fs::create_directories(path, code);
  fs::path canonical = fs::canonical(path, code);
  if (code) {
    error = code.message();
    return nullptr;
  }
  OpenEnvironments& all = openEnvironments();
  std::string name = canonical.string();
  std::shared_ptr<LmdbEnvironment> environment;  // before the lock: closing takes it
  std::unique_lock lock(all.mutex);
  all.closed.wait(lock, [&] {
    auto at = all.byPath.find(name);
    if (at != all.byPath.end()) environment = at->second.lock();
    return at == all.byPath.end() || environment != nullptr;
  });
  if (environment != nullptr) {
    if (mode == Mode::Read || environment->mode_ == Mode::Write) return environment;
    error = "this process reads it: LMDB allows no second opening for writing";
    return nullptr;
  }
  std::unique_ptr<LmdbEnvironment> made(new LmdbEnvironment());
  error = made->start(name, mode);
  if (!error.empty()) return nullptr;
  // Where there is no memory for sharing it, the lock that closing takes is held here: `made` frees it then.
  struct Closer {
    std::string name;
    bool isShared = false;
    void operator()(LmdbEnvironment* old) const {
      if (!isShared) return;
      OpenEnvironments& open = openEnvironments();
      std::lock_guard closing(open.mutex);
      delete old;
      open.byPath.erase(name);
      open.closed.notify_all();
    }
  };
  auto place = all.byPath.try_emplace(name).first;
  try {
    environment = std::shared_ptr<LmdbEnvironment>(made.get(), Closer{name});
  } catch (...) {
    all.byPath.erase(place);
    throw;
  }
  std::get_deleter<Closer>(environment)->isShared = true;
  (void)made.release();
  place->second = environment;
  return environment;
}

std::string LmdbEnvironment::start(const std::string& path, Mode mode) {
  mode_ = mode;
  int code = mdb_env_create(&environment_);
  if (code == 0) code = mdb_env_set_maxdbs(environment_, kTables);
  if (code == 0) code = mdb_env_set_maxreaders(environment_, kReaders);
  if (code == 0 && mode == Mode::Write) code = mdb_env_set_mapsize(environment_, kFirstMapBytes);
  unsigned flags = MDB_NOTLS;
  if (mode == Mode::Read) flags |= MDB_RDONLY;
  if (std::filesystem::is_regular_file(path)) flags |= MDB_NOSUBDIR;
  constexpr mdb_mode_t kFileMode = 0644;
  if (code == 0) code = mdb_env_open(environment_, path.c_str(), flags, kFileMode);
  int dead = 0;
  // Slots of readers that died would keep old pages alive.
  if (code == 0) (void)mdb_reader_check(environment_, &dead);
  if (code == 0) code = openTables(mode);
  if (code == MDB_NOTFOUND) return "it holds no rows that featc load has written";
  return code == 0 ? std::string() : mdb_strerror(code);
}

int LmdbEnvironment::openTables(Mode mode) {
  MDB_txn* transaction = nullptr;
  int code = mdb_txn_begin(environment_, nullptr, mode == Mode::Read ? MDB_RDONLY : 0, &transaction);
  if (code != 0) return code;
  unsigned flags = mode == Mode::Write ? MDB_CREATE : 0;
  code = mdb_dbi_open(transaction, kDirectTable, flags, &direct_);
  if (code == 0) code = mdb_dbi_open(transaction, kHashedTable, flags, &hashed_);
  // The handles are kept only by a transaction that commits, a reading one too.
  if (code == 0) return mdb_txn_commit(transaction);
  mdb_txn_abort(transaction);
  return code;
}

LmdbEnvironment::~LmdbEnvironment() {
  if (environment_ != nullptr) mdb_env_close(environment_);
}

LmdbEnvironment::Reading::Reading(LmdbEnvironment& environment)
    : lock_(environment.use()), direct_(environment.direct_), hashed_(environment.hashed_) {
  error_ = mdb_txn_begin(environment.environment_, nullptr, MDB_RDONLY, &transaction_);
  if (error_ != MDB_MAP_RESIZED) return;
  lock_.unlock();
  error_ = environment.resize(0);
  lock_.lock();
  if (error_ == 0) error_ = mdb_txn_begin(environment.environment_, nullptr, MDB_RDONLY, &transaction_);
}

LmdbEnvironment::Reading::~Reading() {
  if (transaction_ != nullptr) mdb_txn_abort(transaction_);
}

int LmdbEnvironment::Reading::get(std::string_view key, std::string_view& value) const {
  bool direct = isDirectKey(key);
  std::string hash = direct ? std::string() : hashedKey(key);
  std::string_view stored = direct ? key : hash;
  MDB_val wanted{stored.size(), const_cast<char*>(stored.data())};  // NOLINT: LMDB only reads it
  MDB_val found{};
  if (int code = mdb_get(transaction_, direct ? direct_ : hashed_, &wanted, &found)) return code;
  value = {static_cast<const char*>(found.mv_data), found.mv_size};
  if (direct) return 0;
  std::optional<std::string_view> row = rowOfFullKey(key, value);
  if (row) value = *row;
  return row ? 0 : MDB_NOTFOUND;
}

}  // namespace featc
