#include "sweep/lineage.h"

#include <unistd.h>

#include <algorithm>

namespace logfix {
namespace {

// Logs of so little content that is the same may be so by chance.
constexpr std::uint64_t kTellingBytes = kMarkBytes;
constexpr std::size_t kComparedBytes = std::size_t{64} << 10;

std::size_t head_size_of(const Generation& g) { return static_cast<std::size_t>(std::min<std::uint64_t>(g.mark.offset, kMarkBytes)); }

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }
std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// `api.log.1` may be a copy of `api.log`; the other way round it is a new log that begins the same.
bool is_rotation_of(const std::string& copy, const std::string& original) {
  const std::string a = name_of(copy), b = name_of(original);
  return folder_of(copy) == folder_of(original) && a.size() > b.size() && stem_of(a) == stem_of(b);
}

bool is_same_log(const std::string& a, const std::string& b, std::uint64_t same_bytes) {
  return stem_of(name_of(a)) == stem_of(name_of(b)) && (folder_of(a) == folder_of(b) || same_bytes >= kTellingBytes);
}

// An open file and what is in it.
class OpenLog {
 public:
  OpenLog() = default;
  OpenLog(OpenLog&& from) noexcept : descriptor_(std::exchange(from.descriptor_, -1)), content_(std::move(from.content_)) {}
  OpenLog& operator=(OpenLog&&) = delete;
  ~OpenLog() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  std::string open(const FoundFile& file, const ReadLimits& limits, Throttle& throttle) {
    const auto descriptor = open_found(file);
    if (!descriptor) return descriptor.error();
    descriptor_ = *descriptor;
    auto content = Content::of(descriptor_, limits.max_file, throttle);
    if (!content) return content.error();
    content_.emplace(*content);
    return {};
  }
  Content& content() { return *content_; }

 private:
  int descriptor_ = -1;
  std::optional<Content> content_;
};

// Whether [begin, end) is the same in both. `b` is read piece by piece, so it should be plain.
Result<bool, std::string> are_equal(Content& a, Content& b, std::uint64_t begin, std::uint64_t end) {
  bool are_equal = true;
  const std::string error = a.stream(begin, end, [&](ByteStream& stream) -> std::string {
    std::vector<char> piece(kComparedBytes);
    for (std::uint64_t at = begin; at < end && are_equal;) {
      const auto count = stream.read(piece.data(), piece.size());
      if (!count) return count.error();
      if (*count == 0) return "became shorter while it was read";
      const auto other = b.text(at, at + *count);
      if (!other) return other.error();
      are_equal = *other == std::string_view(piece.data(), *count);
      at += *count;
    }
    return {};
  });
  if (!error.empty()) return Unexpected{error};
  return are_equal;
}

}  // namespace

Lineages::Lineages(std::vector<Generation> generations, const std::vector<Seat>& seats) {
  for (Generation& g : generations) remember(g);
  for (const Seat& seat : seats) remember(seat);
}

void Lineages::remember(const Generation& g) {
  last_id_ = std::max(last_id_, g.id);
  if (const auto known = generations_.find(g.id); known != generations_.end()) {
    const HeadKey old{head_size_of(known->second), known->second.mark.head};
    by_head_[old].erase(g.id);
    if (by_head_[old].empty()) by_head_.erase(old);
    if (--head_sizes_[old.first] == 0) head_sizes_.erase(old.first);
  }
  generations_[g.id] = g;
  by_head_[{head_size_of(g), g.mark.head}].insert(g.id);
  ++head_sizes_[head_size_of(g)];
}

std::vector<std::int64_t> Lineages::with_head(std::string_view head) const {
  std::vector<std::int64_t> ids;
  for (const auto& [size, count] : head_sizes_) {
    if (size > head.size()) break;
    const auto found = by_head_.find({size, digest_of(head.substr(0, size))});
    if (found != by_head_.end()) ids.insert(ids.end(), found->second.begin(), found->second.end());
  }
  return ids;
}

// First the files that are what they were known to be, then the others: whether one is a copy depends on
// whether the original is still there.
class Lineages::Planner {
 public:
  Planner(Lineages& known, const ReadLimits& limits, Throttle& throttle) : known_(known), limits_(limits), throttle_(throttle) {}

  Plan take(const std::vector<FoundFile>& files) {
    std::set<FileId> here;
    for (const FoundFile& file : files) {
      here.insert(file.status.id);
      look_at(file);
    }
    for (const auto& [id, seat] : known_.seats_)
      if (!here.contains(id)) plan_.gone.push_back(id);
    std::stable_sort(strangers_.begin(), strangers_.end(), [](const Stranger& a, const Stranger& b) { return a.survey.size > b.survey.size; });
    for (Stranger& stranger : strangers_) place(stranger);
    for (auto& [id, holder] : holders_) plan_.seen.push_back(id);
    for (auto& [id, holder] : holders_)
      if (holder.is_changed) visit(holder.file, known_.generations_.at(id), holder.size);
    std::stable_sort(plan_.visits.begin(), plan_.visits.end(), [](const Visit& a, const Visit& b) { return a.file.path() < b.file.path(); });
    return std::move(plan_);
  }

 private:
  struct Holder {
    FoundFile file;
    std::uint64_t size = 0;
    bool is_changed = false;
  };
  struct Stranger {
    FoundFile file;
    Survey survey;
  };

  void look_at(const FoundFile& file) {
    const auto seat = known_.seats_.find(file.status.id);
    const bool is_known = seat != known_.seats_.end();
    const auto own = is_known ? known_.generations_.find(seat->second.generation) : known_.generations_.end();
    const bool has_generation = own != known_.generations_.end();
    if (is_known && seat->second.is_settled && seat->second.file == file.status) {
      const std::uint64_t counted = has_generation ? own->second.offset : 0;
      if (seat->second.content <= counted) {
        if (has_generation) hold(own->first, {file, seat->second.content, false});
        return;
      }
    }
    OpenLog log;
    Survey survey;
    std::string error = log.open(file, limits_, throttle_);
    const auto wanted = [&](std::string_view head) {
      std::vector<std::uint64_t> offsets;
      if (has_generation) offsets.push_back(own->second.mark.offset);
      for (const std::int64_t id : known_.with_head(head)) offsets.push_back(known_.generations_.at(id).mark.offset);
      return offsets;
    };
    if (error.empty()) {
      auto looked = log.content().survey(wanted);
      if (looked) survey = std::move(*looked);
      else error = looked.error();
    }
    if (!error.empty()) {
      if (has_generation) unread_.insert(own->first), plan_.seen.push_back(own->first);
      return plan_.errors.push_back({file.path(), error});
    }
    if (log.content().is_plain() && !has_generation && is_binary(survey.head)) return plan_.skipped.push_back({file.path(), "is no text"});
    if (survey.size > (has_generation ? own->second.offset : 0) + limits_.max_file) {
      if (has_generation) plan_.seen.push_back(own->first);
      return plan_.skipped.push_back({file.path(), "has more that is new than --max-file"});
    }
    const bool is_own = has_generation && survey.holds(own->second.mark);
    if (is_own && candidates(survey).front()->id == own->first) return hold(own->first, {file, survey.size, true});
    strangers_.push_back({file, std::move(survey)});
  }

  // The generations whose content this is, with that first of which most was seen.
  std::vector<const Generation*> candidates(const Survey& survey) const {
    std::vector<const Generation*> all;
    for (const std::int64_t id : known_.with_head(survey.head))
      if (const Generation& g = known_.generations_.at(id); survey.holds(g.mark)) all.push_back(&g);
    std::stable_sort(all.begin(), all.end(), [](const Generation* a, const Generation* b) { return a->mark.offset > b->mark.offset; });
    return all;
  }

  // A NUL here and there is no reason, nor is the hole that a writer leaves in a log that is truncated.
  static bool is_binary(std::string_view head) {
    const std::string_view text = head.substr(std::min(head.find_first_not_of('\0'), head.size()));
    const auto odd = std::count_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 9 || (c >= 14 && c < 27); });
    return static_cast<std::size_t>(odd) * 10 > text.size();
  }

  void hold(std::int64_t id, Holder holder) { holders_.insert_or_assign(id, std::move(holder)); }

  // In a generation that it goes on with, if it may; else it is a new one.
  void place(const Stranger& stranger) {
    for (const Generation* g : candidates(stranger.survey))
      if (joins(stranger, *g)) return;
    if (is_begin_of_copy(stranger) || is_copy_of_new(stranger)) return;
    visit(stranger.file, {}, stranger.survey.size);
    new_.push_back(&stranger);
  }

  bool joins(const Stranger& stranger, const Generation& g) {
    const auto holder = holders_.find(g.id);
    if (holder == holders_.end()) {
      // Its file could not be read: this may or may not be it, which the next sweep will tell.
      if (unread_.contains(g.id)) return true;
      if (!is_same_log(stranger.file.path(), g.name, g.mark.offset)) return false;
      hold(g.id, {stranger.file, stranger.survey.size, true});
      return true;
    }
    Holder& held = holder->second;
    if (!is_rotation_of(stranger.file.path(), held.file.path())) return false;
    const std::uint64_t common = std::min(stranger.survey.size, held.size);
    const auto same = compare(stranger, held, std::min(g.mark.offset, common), common);
    if (!same) return plan_.errors.push_back({stranger.file.path(), same.error()}), true;
    if (!*same) return false;
    if (stranger.survey.size > held.size) {
      add_copy(held.file, held.size, g);
      held = {stranger.file, stranger.survey.size, true};
    } else {
      add_copy(stranger.file, stranger.survey.size, g);
    }
    return true;
  }

  // A copy that is still being made is shorter than what was read of the original.
  bool is_begin_of_copy(const Stranger& stranger) {
    if (stranger.survey.size == 0) return false;
    for (auto& [id, held] : holders_) {
      if (!is_rotation_of(stranger.file.path(), held.file.path()) || stranger.survey.size >= known_.generations_.at(id).mark.offset) continue;
      const auto same = compare(stranger, held, 0, stranger.survey.size);
      if (!same || !*same) continue;
      add_copy(stranger.file, stranger.survey.size, known_.generations_.at(id));
      return true;
    }
    return false;
  }

  // Original and copy may both be seen for the first time.
  bool is_copy_of_new(const Stranger& stranger) {
    const std::string& head = stranger.survey.head;
    for (const Stranger* original : new_) {
      if (head.empty() || !original->survey.head.starts_with(head) || !is_rotation_of(stranger.file.path(), original->file.path())) continue;
      const auto same = compare(stranger, {original->file, original->survey.size, true}, 0, stranger.survey.size);
      if (!same || !*same) continue;
      add_copy(stranger.file, stranger.survey.size, {});
      return true;
    }
    return false;
  }

  void add_copy(const FoundFile& file, std::uint64_t size, const Generation& of) {
    OpenLog log;
    std::string error = log.open(file, limits_, throttle_);
    const auto at_end = [&](std::string_view) { return std::vector<std::uint64_t>{size}; };
    const auto survey = error.empty() ? log.content().survey(at_end) : Result<Survey, std::string>(Unexpected{error});
    if (!survey || !survey->before.contains(size)) return plan_.errors.push_back({file.path(), survey ? "became shorter while it was read" : survey.error()});
    const Generation copy{known_.next_id(), survey->mark_at(size), size, size, of.lines, file.path(), of.night};
    plan_.copied.push_back(copy);
    plan_.seen.push_back(copy.id);
    plan_.copies.push_back({file.status, size, copy.id, limits_.is_settled(file.status)});
  }

  Result<bool, std::string> compare(const Stranger& stranger, const Holder& held, std::uint64_t begin, std::uint64_t end) {
    OpenLog a, b;
    std::string error = a.open(stranger.file, limits_, throttle_);
    if (error.empty()) error = b.open(held.file, limits_, throttle_);
    if (!error.empty()) return Unexpected{error};
    if (b.content().is_plain()) return are_equal(a.content(), b.content(), begin, end);
    if (a.content().is_plain()) return are_equal(b.content(), a.content(), begin, end);
    const auto at_end = [&](std::string_view) { return std::vector<std::uint64_t>{end}; };
    const auto one = a.content().survey(at_end), other = b.content().survey(at_end);
    if (!one || !other) return Unexpected{one ? other.error() : one.error()};
    return one->mark_at(end) == other->mark_at(end);
  }

  void visit(const FoundFile& file, const Generation& from, std::uint64_t size) {
    const auto seat = known_.seats_.find(file.status.id);
    const bool has_rested = seat != known_.seats_.end() && seat->second.content == size && seat->second.generation == from.id;
    plan_.visits.push_back({file, from, has_rested});
  }

  Lineages& known_;
  const ReadLimits& limits_;
  Throttle& throttle_;
  Plan plan_;
  std::map<std::int64_t, Holder> holders_;
  std::set<std::int64_t> unread_;
  std::vector<Stranger> strangers_;
  std::vector<const Stranger*> new_;  // the longest first
};

Plan Lineages::plan(const std::vector<FoundFile>& files, const ReadLimits& limits, Throttle& throttle) {
  Plan plan = Planner(*this, limits, throttle).take(files);
  for (const FileId& id : plan.gone) seats_.erase(id);
  std::sort(plan.seen.begin(), plan.seen.end());
  return plan;
}

}  // namespace logfix
