#include "sweep/content.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

namespace logfix {
namespace {

using Read = Result<std::size_t, std::string>;
constexpr std::uint64_t kPieceBytes = std::size_t{64} << 10;

// Bytes of a file that lie where they lie.
class PlainStream : public ByteStream {
 public:
  PlainStream(int descriptor, std::uint64_t begin, std::uint64_t end, Throttle& throttle)
      : descriptor_(descriptor), at_(begin), end_(end), throttle_(throttle) {}
  Read read(char* to, std::size_t size) override {
    size = static_cast<std::size_t>(std::min<std::uint64_t>(size, end_ - at_));
    if (size == 0) return std::size_t{0};
    ssize_t count = -1;
    while ((count = pread(descriptor_, to, size, static_cast<off_t>(at_))) < 0)
      if (errno != EINTR) return Unexpected{std::string(std::strerror(errno))};
    if (count == 0) return Unexpected{std::string("became shorter while it was read")};
    at_ += static_cast<std::uint64_t>(count);
    throttle_.count(static_cast<std::uint64_t>(count));
    return static_cast<std::size_t>(count);
  }

 private:
  int descriptor_;
  std::uint64_t at_, end_;
  Throttle& throttle_;
};

// A part of another stream: what lies before `begin` is passed over.
class PartStream : public ByteStream {
 public:
  PartStream(ByteStream& whole, std::uint64_t begin, std::uint64_t end) : whole_(whole), begin_(begin), end_(end) {}
  Read read(char* to, std::size_t size) override {
    for (std::vector<char> passed(begin_ > at_ ? kPieceBytes : 0); at_ < begin_;) {
      const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(passed.size(), begin_ - at_));
      const Read count = whole_.read(passed.data(), wanted);
      if (!count) return count;
      if (*count == 0) return Unexpected{std::string("became shorter while it was read")};
      at_ += *count;
    }
    const Read count = whole_.read(to, static_cast<std::size_t>(std::min<std::uint64_t>(size, end_ - at_)));
    if (count) at_ += *count;
    return count;
  }

 private:
  ByteStream& whole_;
  std::uint64_t begin_, end_, at_ = 0;
};

std::string read_all(ByteStream& stream, std::string& out) {
  while (true) {
    const std::size_t had = out.size();
    out.resize(had + kPieceBytes);
    const Read count = stream.read(out.data() + had, kPieceBytes);
    out.resize(had + (count ? *count : 0));
    if (!count) return count.error();
    if (*count == 0) return {};
  }
}

}  // namespace

void Throttle::count(std::uint64_t bytes) {
  if (rate_ == 0) return;
  using std::chrono::steady_clock;
  const std::int64_t now = steady_clock::now().time_since_epoch().count();
  due_ = std::max(due_, now) + static_cast<std::int64_t>(1e9 * static_cast<double>(bytes) / static_cast<double>(rate_));
  std::this_thread::sleep_until(steady_clock::time_point(steady_clock::duration(due_)));
}

bool Survey::holds(const Mark& mark) const {
  const auto found = before.find(mark.offset);
  return found != before.end() && mark_of(mark.offset, head, found->second) == mark;
}

Result<Content, std::string> Content::of(int descriptor, std::uint64_t most, Throttle& throttle) {
  struct stat status {};
  if (fstat(descriptor, &status) != 0) return Unexpected{std::string(std::strerror(errno))};
  const auto kind = kind_of(descriptor);
  if (!kind) return Unexpected{kind.error()};
  return Content(descriptor, *kind, static_cast<std::uint64_t>(status.st_size), most, throttle);
}

Result<Digest, std::string> Content::packed() {
  if (!is_final()) return Digest{};
  std::string edges = std::to_string(size_) + ":";
  const std::uint64_t edge = std::min<std::uint64_t>(size_, kMarkBytes);
  for (const std::uint64_t begin : {std::uint64_t{0}, size_ - edge}) {
    PlainStream part(descriptor_, begin, begin + edge, *throttle_);
    if (const std::string error = read_all(part, edges); !error.empty()) return Unexpected{error};
  }
  return digest_of(edges);
}

Result<Survey, std::string> Content::survey(const Wanted& wanted) {
  return is_plain() ? survey_plain(wanted) : survey_decoded(wanted);
}

Result<Survey, std::string> Content::survey_plain(const Wanted& wanted) {
  Survey survey;
  survey.size = size_;
  const auto head = text(0, std::min<std::uint64_t>(size_, kMarkBytes));
  if (!head) return Unexpected{head.error()};
  survey.head = *head;
  std::vector<std::uint64_t> offsets = wanted(survey.head);
  offsets.push_back(size_);
  for (const std::uint64_t offset : offsets) {
    if (offset > size_) continue;
    const auto before = text(offset - std::min<std::uint64_t>(offset, kMarkBytes), offset);
    if (!before) return Unexpected{before.error()};
    survey.before[offset] = *before;
  }
  return survey;
}

Result<Survey, std::string> Content::survey_decoded(const Wanted& wanted) {
  Survey survey;
  const std::string error = decoded([&](ByteStream& log) -> std::string {
    std::string held;  // the last bytes that were read, kMarkBytes at least
    std::vector<std::uint64_t> offsets;
    std::size_t next = 0;
    bool has_asked = false;
    for (std::vector<char> piece(kPieceBytes);;) {
      const Read count = log.read(piece.data(), piece.size());
      if (!count) return count.error();
      held.append(piece.data(), *count);
      survey.size += *count;
      if (survey.head.size() < kMarkBytes) survey.head.append(piece.data(), std::min(*count, kMarkBytes - survey.head.size()));
      if (!has_asked && (*count == 0 || survey.head.size() == kMarkBytes)) {
        has_asked = true;
        offsets = wanted(survey.head);
        std::sort(offsets.begin(), offsets.end());
      }
      const std::uint64_t begin = survey.size - held.size();
      const auto take = [&](std::uint64_t offset) {
        const auto end = static_cast<std::size_t>(offset - begin);
        survey.before[offset] = held.substr(end - std::min(end, kMarkBytes), std::min(end, kMarkBytes));
      };
      for (; has_asked && next < offsets.size() && offsets[next] <= survey.size; ++next) take(offsets[next]);
      if (*count == 0) take(survey.size);
      if (*count == 0) return {};
      if (has_asked && held.size() > kMarkBytes) held.erase(0, held.size() - kMarkBytes);
    }
  });
  if (!error.empty()) return Unexpected{error};
  return survey;
}

Result<std::string, std::string> Content::text(std::uint64_t begin, std::uint64_t end) {
  std::string out;
  if (begin == end) return out;
  const std::string error = stream(begin, end, [&](ByteStream& part) { return read_all(part, out); });
  if (!error.empty()) return Unexpected{error};
  if (out.size() != end - begin) return Unexpected{std::string("became shorter while it was read")};
  return out;
}

std::string Content::stream(std::uint64_t begin, std::uint64_t end, const std::function<std::string(ByteStream&)>& visit) {
  if (is_plain()) {
    PlainStream part(descriptor_, begin, end, *throttle_);
    return visit(part);
  }
  return decoded([&](ByteStream& log) {
    PartStream part(log, begin, end);
    return visit(part);
  });
}

// The one log that the file holds. More than `most_` of it is never read.
std::string Content::decoded(const std::function<std::string(ByteStream&)>& visit) {
  class Bounded : public ByteStream {
   public:
    Bounded(ByteStream& whole, std::uint64_t most) : whole_(whole), left_(most) {}
    Read read(char* to, std::size_t size) override {
      const Read count = whole_.read(to, size);
      if (count && *count > left_) return Unexpected{std::string("unpacks to more than --max-file")};
      if (count) left_ -= *count;
      return count;
    }

   private:
    ByteStream& whole_;
    std::uint64_t left_;
  };
  PlainStream file(descriptor_, 0, size_, *throttle_);
  return for_each_log(file, [&](std::string_view inner, ByteStream& log) -> std::string {
    if (!inner.empty()) return "is an archive, no log";
    Bounded bounded(log, most_);
    return visit(bounded);
  });
}

Result<std::uint64_t, std::string> lines_end(Content& content, std::uint64_t begin, std::uint64_t end) {
  for (std::uint64_t until = end; until > begin;) {
    const std::uint64_t from = until - std::min(until - begin, kPieceBytes);
    const auto text = content.text(from, until);
    if (!text) return Unexpected{text.error()};
    if (const std::size_t feed = text->rfind('\n'); feed != std::string::npos) return from + feed + 1;
    until = from;
  }
  return begin;
}

Result<std::uint64_t, std::string> next_line(Content& content, std::uint64_t from, std::uint64_t end) {
  if (from == 0) return from;
  for (std::uint64_t at = from - 1; at < end;) {
    const std::uint64_t until = std::min(at + kPieceBytes, end);
    const auto text = content.text(at, until);
    if (!text) return Unexpected{text.error()};
    if (const std::size_t feed = text->find('\n'); feed != std::string::npos) return at + feed + 1;
    at = until;
  }
  return end;
}

}  // namespace logfix
