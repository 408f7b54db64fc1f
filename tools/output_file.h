// SPDX-License-Identifier: Apache-2.0
// Where data goes: a file or stdout, with every failure to write noticed.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace featc {

class OutputFile {
 public:
  // `-` is stdout. `keep`: of a file that is there the first bytes to stay, and to write behind.
  explicit OutputFile(std::string path, uint64_t keep = 0);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // False once anything went wrong; what is written from then on is dropped.
  bool write(std::string_view bytes);
  // Brings all that was written to the disk.
  bool sync();
  // Flushes and closes. The exit code: fine when all was written or the reader of a pipe did not
  // want more; otherwise the reason was printed on stderr.
  int finish();
  bool good() const { return error_ == 0; }
  // The reader of a pipe did not want more.
  bool closedEarly() const;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::FILE* file_ = nullptr;
  int error_ = 0;  // errno of the first failure
};

// Writes `text` to stdout and finishes.
int printData(std::string_view text);

// Puts a file of these bytes in the place of the one at `path`, or creates one: nobody ever sees half of it. Follows
// links, and keeps the mode of a file that is there. Returns why it failed, in the system's words; empty: it did not.
std::string replaceFile(const std::string& path, std::string_view bytes);

}  // namespace featc
