// SPDX-License-Identifier: Apache-2.0
// Writes the sequences example's data, the same bytes on every machine: requests.jsonl and videos.jsonl.
#include <fmt/core.h>
#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr uint64_t kSeed = 20'261'126;
constexpr int kRequests = 12;
constexpr int kVideos = 120;
constexpr int64_t kNow = 1'767'263'400;  // 2026-01-01 10:30 UTC
constexpr std::array<std::string_view, 8> kTopics{"cooking", "climbing", "chess",  "ceramics",
                                                  "旅行",    "jazz",     "trains", "gärten"};

// The standard fixes the engine's numbers but not its distributions', hence plain remainders; nor the order in
// which arguments are computed, hence one draw a statement.
class Random {
 public:
  int64_t below(int64_t n) { return static_cast<int64_t>(engine_() % static_cast<uint64_t>(n)); }
  bool chance(int percent) { return below(100) < percent; }

 private:
  std::mt19937_64 engine_{kSeed};
};

struct Video {
  int64_t id = 0;
  int64_t length = 0;
  std::string topics;  // a JSON list
};

std::string topicList(Random& random) {
  std::string topics;
  for (std::string_view topic : kTopics)
    if (random.chance(25)) topics += fmt::format(R"({}"{}")", topics.empty() ? "" : ", ", topic);
  return "[" + topics + "]";
}

std::vector<Video> makeVideos(Random& random) {
  std::vector<Video> videos;
  for (int i = 0; i < kVideos; ++i) {
    int64_t length = 15 + random.below(900);
    videos.push_back({7000 + i * 13, length, topicList(random)});
  }
  return videos;
}

std::string makeRows(Random& random, const std::vector<Video>& videos) {
  std::string rows;
  for (const Video& video : videos) {
    if (random.chance(10)) continue;  // too new to be in the store
    rows += fmt::format(R"({{"source": "video", "video_id": {})", video.id);
    int64_t author = random.below(25);
    if (random.chance(90)) rows += fmt::format(R"(, "author": "author {}")", author);
    int64_t shown = random.below(5000);
    int64_t liked = shown * random.below(20) / 100;
    rows += fmt::format(R"(, "shown": {}, "liked": {}}})", shown, liked);
    rows += "\n";
  }
  return rows;
}

std::string makeRequest(Random& random, const std::vector<Video>& videos, int64_t now) {
  int64_t user = 1 + random.below(1000);
  std::string watched;
  int64_t count = random.chance(15) ? 0 : random.below(35);
  int64_t ts = now;
  for (int64_t i = 0; i < count; ++i) {
    const Video& video = videos[static_cast<size_t>(random.below(kVideos))];
    ts -= 30 + random.below(40'000);
    int64_t seconds = random.below(video.length);
    watched += fmt::format(R"({}{{"video_id": {}, "ts": {}, )", i == 0 ? "" : ", ", video.id, ts);
    // How long is not always known.
    if (random.chance(90)) watched += fmt::format(R"("seconds": {}, )", seconds);
    watched += fmt::format(R"("topics": {}}})", video.topics);
  }
  std::string follows;
  for (std::string_view topic : kTopics) {
    int64_t hundredths = 1 + random.below(100);
    if (random.chance(20))
      follows +=
          fmt::format(R"({}"{}": {}.{:02})", follows.empty() ? "" : ", ", topic, hundredths / 100, hundredths % 100);
  }
  std::string items;
  int64_t candidates = 5 + random.below(10);
  for (int64_t i = 0; i < candidates; ++i) {
    const Video& video = videos[static_cast<size_t>(random.below(kVideos))];
    items += fmt::format(R"({}{{"video_id": {}, "length": {}, "topics": {}}})", i == 0 ? "" : ", ", video.id,
                         video.length, video.topics);
  }
  return fmt::format(
             R"({{"request": {{"user_id": {}, "now": {}, "watched": [{}], "follows": {{{}}}}}, "items": [{}]}})", user,
             now, watched, follows, items) +
         "\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  Random random;
  std::string folder = argv[1];
  std::vector<Video> videos = makeVideos(random);
  std::ofstream(folder + "/videos.jsonl", std::ios::binary) << makeRows(random, videos);
  std::ofstream requests(folder + "/requests.jsonl", std::ios::binary);
  int64_t now = kNow;
  for (int i = 0; i < kRequests; ++i) {
    now += 1 + random.below(1500);
    requests << makeRequest(random, videos, now);
  }
}
