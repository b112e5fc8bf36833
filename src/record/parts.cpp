#include "record/parts.h"

#include <algorithm>

namespace logfix {

static std::string key_of(std::string_view container, std::string_view stream, std::string_view process) {
  std::string key(container);
  key += '\0';
  key += stream;
  key += '\0';
  key += process;
  return key;
}

static void sort_by_begin(std::vector<PartJoiner::Message>& messages) {
  std::sort(messages.begin(), messages.end(), [](const auto& a, const auto& b) { return a.place.number < b.place.number; });
}

std::string stream_key(const Entry& entry) { return key_of(entry.container, entry.stream, entry.process); }

Entry PartJoiner::Message::origin() const {
  Entry entry;
  entry.container = container;
  entry.stream = stream;
  entry.process = process;
  entry.time = time;
  entry.has_zone = has_zone;
  return entry;
}

bool PartJoiner::add(const Entry& entry, const LinePlace& place, std::vector<Message>& whole) {
  if (!entry.is_partial && open_.empty()) return false;
  const bool is_runtime = entry.wrapped.data() != nullptr;
  // The rest of a cut message may begin as an envelope does (`4ms | GET …`).
  const std::string key =
      is_runtime ? key_of(entry.wrapped_container, entry.wrapped_stream, entry.wrapped_process)
                 : stream_key(entry);
  const auto open = open_.find(key);
  if (open == open_.end() && !entry.is_partial) return false;
  if (open != open_.end() && !is_runtime) {  // the program itself now writes to this stream
    finish(open->second, whole);
    open_.erase(open);
    return false;
  }
  Message& message = open != open_.end() ? open->second : open_[key];
  if (message.text.empty()) {
    message.container.assign(entry.wrapped_container);
    message.stream.assign(entry.wrapped_stream);
    message.process.assign(entry.wrapped_process);
    message.time = entry.time;
    message.has_zone = entry.has_zone;
    message.place = place;
    message.begin = place.offset;
  }
  message.text += entry.wrapped;
  message.place.offset = place.offset;
  if (!entry.is_partial || message.text.size() >= max_bytes_) {
    finish(message, whole);
    open_.erase(key);
  }
  return true;
}

void PartJoiner::finish(Message& message, std::vector<Message>& whole) {
  message.place.is_candidate = true;
  whole.push_back(std::move(message));
}

std::uint64_t PartJoiner::open_since(std::uint64_t none) const {
  for (const auto& [key, message] : open_) none = std::min(none, message.begin);
  return none;
}

void PartJoiner::take_expired(std::uint64_t offset, std::vector<Message>& whole) {
  const std::uint64_t piece = offset / horizon_;
  if (open_.empty() || piece == 0) return;
  for (auto it = open_.begin(); it != open_.end();) {
    const bool may_go_on = it->second.place.offset >= (piece - 1) * horizon_;
    if (!may_go_on) finish(it->second, whole);
    it = may_go_on ? std::next(it) : open_.erase(it);
  }
  sort_by_begin(whole);
}

void PartJoiner::take_all(std::vector<Message>& whole) {
  for (auto& [key, message] : open_) finish(message, whole);
  open_.clear();
  sort_by_begin(whole);
}

}  // namespace logfix
