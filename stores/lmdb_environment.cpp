// SPDX-License-Identifier: Apache-2.0
// Opens LMDB environments and reads rows from them.
#include "stores/lmdb_environment.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <map>

#include "stores/row_format.h"

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

constexpr const char* kCutShort = "the file is cut short: rows are beyond its end";
constexpr const char* kDamaged = "the file is damaged";
constexpr const char* kNoRows = "it holds no rows that featc load has written";

// What is wrong with a file that is there, before LMDB believes it; empty: nothing.
std::string fileProblem(const std::string& path) {
  int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  // LMDB says why.
  if (file < 0) return {};
  struct stat status{};
  std::shared_ptr<const LmdbMapping> mapping;
  bool isFile = fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  if (isFile) mapping = LmdbMapping::make(file, static_cast<size_t>(status.st_size));
  close(file);
  if (!isFile) return "it is not a regular file";
  if (mapping == nullptr) return status.st_size == 0 ? "the file is empty" : "the file cannot be mapped";
  Expected<LmdbPages> pages = LmdbPages::of(mapping->bytes());
  if (!pages) return pages.error().message;
  LmdbMeta meta = pages->newestMeta();
  if (pages->isCutShort(meta)) return kCutShort;
  uint64_t root = 0;
  switch (pages->table(meta.mainRoot, kDirectTable, root)) {
    case LmdbPages::Found::Yes: return {};
    case LmdbPages::Found::No: return kNoRows;
    case LmdbPages::Found::Damaged: break;
  }
  return kDamaged;
}

OpenEnvironments& openEnvironments() {
  static OpenEnvironments all;
  return all;
}

}  // namespace

Expected<std::shared_ptr<LmdbEnvironment>> LmdbEnvironment::open(const std::string& path, Mode mode) {
  namespace fs = std::filesystem;
  std::error_code code;
  if (mode == Mode::Write && !fs::exists(path, code)) fs::create_directories(path, code);
  fs::path canonical = fs::canonical(path, code);
  if (code) return Error(code.message(), ErrorCode::BadStore, path);
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
    return Error("this process reads it: LMDB allows no second opening for writing", ErrorCode::BadStore, name);
  }
  std::unique_ptr<LmdbEnvironment> made(new LmdbEnvironment());
  if (std::string problem = made->start(name, mode); !problem.empty())
    return Error(std::move(problem), ErrorCode::BadStore, name);
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
  if (code == 0 && mode == Mode::Read)
    if (std::string problem = fileProblem((flags & MDB_NOSUBDIR) != 0 ? path : path + "/data.mdb"); !problem.empty())
      return problem;
  constexpr mdb_mode_t kFileMode = 0644;
  if (code == 0) code = mdb_env_open(environment_, path.c_str(), flags, kFileMode);
  int dead = 0;
  // Slots of readers that died would keep old pages alive.
  if (code == 0) (void)mdb_reader_check(environment_, &dead);
  if (code == 0 && mode == Mode::Write) code = openTables();
  return code == 0 ? std::string() : mdb_strerror(code);
}

int LmdbEnvironment::openTables() {
  MDB_txn* transaction = nullptr;
  int code = mdb_txn_begin(environment_, nullptr, 0, &transaction);
  if (code != 0) return code;
  code = mdb_dbi_open(transaction, kDirectTable, MDB_CREATE, &direct_);
  if (code == 0) code = mdb_dbi_open(transaction, kHashedTable, MDB_CREATE, &hashed_);
  // The handles are kept only by a transaction that commits.
  if (code == 0) return mdb_txn_commit(transaction);
  mdb_txn_abort(transaction);
  return code;
}

LmdbEnvironment::~LmdbEnvironment() {
  if (environment_ != nullptr) mdb_env_close(environment_);
}

std::shared_ptr<const LmdbMapping> LmdbEnvironment::mapping(size_t& bytes) {
  mdb_filehandle_t file = -1;
  struct stat status{};
  if (mdb_env_get_fd(environment_, &file) != 0 || fstat(file, &status) != 0) return nullptr;
  bytes = static_cast<size_t>(status.st_size);
  std::lock_guard lock(mappingMutex_);
  if (mapping_ == nullptr || mapping_->bytes().size() < bytes) mapping_ = LmdbMapping::make(file, bytes);
  return mapping_;
}

// -- Reading ----------------------------------------------------------------------------------------------

LmdbEnvironment::Reading::Reading(LmdbEnvironment& environment) : lock_(environment.use()) {
  int error = begin(environment);
  if (error == MDB_MAP_RESIZED) {
    lock_.unlock();
    error = environment.resize(0);
    lock_.lock();
    if (error == 0) error = begin(environment);
  }
  problem_ = error != 0 ? mdb_strerror(error) : findTables(environment);
}

int LmdbEnvironment::Reading::begin(LmdbEnvironment& environment) {
  return mdb_txn_begin(environment.environment_, nullptr, MDB_RDONLY, &transaction_);
}

std::string LmdbEnvironment::Reading::findTables(LmdbEnvironment& environment) {
  // Two commits while this looks make its moment's meta page another one's.
  constexpr int kTries = 100;
  std::optional<LmdbMeta> meta;
  for (int i = 0; i < kTries && !meta; ++i) {
    if (i > 0) {
      mdb_txn_reset(transaction_);
      if (int error = mdb_txn_renew(transaction_); error != 0) return mdb_strerror(error);
    }
    size_t bytes = 0;
    mapping_ = environment.mapping(bytes);
    if (mapping_ == nullptr) return "the file cannot be mapped";
    Expected<LmdbPages> pages = LmdbPages::of(mapping_->bytes().substr(0, bytes));
    if (!pages) return pages.error().message;
    pages_ = *std::move(pages);
    meta = pages_->metaOf(mdb_txn_id(transaction_));
  }
  if (!meta) return kDamaged;
  for (auto [name, root] : {std::pair(kDirectTable, &direct_), std::pair(kHashedTable, &hashed_)}) {
    switch (pages_->table(meta->mainRoot, name, *root)) {
      case LmdbPages::Found::Yes: break;
      case LmdbPages::Found::No: return kNoRows;
      case LmdbPages::Found::Damaged: return kDamaged;
    }
  }
  return {};
}

LmdbEnvironment::Reading::~Reading() {
  if (transaction_ != nullptr) mdb_txn_abort(transaction_);
}

int LmdbEnvironment::Reading::get(std::string_view key, std::string_view& value) const {
  bool direct = isDirectKey(key);
  std::string hash = direct ? std::string() : hashedKey(key);
  switch (pages_->find(direct ? direct_ : hashed_, direct ? key : hash, value)) {
    case LmdbPages::Found::Yes: break;
    case LmdbPages::Found::No: return MDB_NOTFOUND;
    case LmdbPages::Found::Damaged: return MDB_CORRUPTED;
  }
  if (direct) return 0;
  std::optional<std::string_view> row = rowOfFullKey(key, value);
  if (row) value = *row;
  return row ? 0 : MDB_NOTFOUND;
}

}  // namespace featc
