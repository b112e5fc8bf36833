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

// `api.log.1` may be a copy of `api.log` or `api.log.2`; `api.log` is none of them, but a new log that
// begins the same.
bool is_rotated(const std::string& path) { return stem_of(name_of(path)) != name_of(path); }

bool is_same_log(const std::string& a, const std::string& b, std::uint64_t same_bytes) {
  return stem_of(name_of(a)) == stem_of(name_of(b)) && (folder_of(a) == folder_of(b) || same_bytes >= kTellingBytes);
}

// An open file and what is in it.
class OpenLog {
 public:
  OpenLog() = default;
  OpenLog(const OpenLog&) = delete;
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

// Whether both begin with the same `size` bytes. `b` is read piece by piece, so it should be plain.
Result<bool, std::string> are_equal(Content& a, Content& b, std::uint64_t size) {
  bool are_equal = true;
  const std::string error = a.stream(0, size, [&](ByteStream& stream) -> std::string {
    std::vector<char> piece(kComparedBytes);
    for (std::uint64_t at = 0; at < size && are_equal;) {
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
    // Originals before their copies: what is longer, or was there already, or is not rotated.
    std::stable_sort(strangers_.begin(), strangers_.end(), [](const Stranger& a, const Stranger& b) {
      if (a.survey.size != b.survey.size) return a.survey.size > b.survey.size;
      if (a.own.seen != b.own.seen) return a.own.seen > b.own.seen;
      return is_rotated(a.file.path()) < is_rotated(b.file.path());
    });
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
    Mark end = {};          // at `size`, if it is known
    std::string head = {};  // if it is known
  };
  // The generation that was in a file, if it still begins as that did.
  struct Own {
    std::int64_t id = 0;
    std::uint64_t seen = 0;  // bytes of it
  };
  struct Stranger {
    FoundFile file;
    Survey survey;
    Mark end;
    Own own;
  };

  void look_at(const FoundFile& file) {
    const auto seat = known_.seats_.find(file.status.id);
    const bool is_known = seat != known_.seats_.end();
    const auto own = is_known ? known_.generations_.find(seat->second.generation) : known_.generations_.end();
    const bool has_generation = own != known_.generations_.end();
    if (is_known && seat->second.is_settled && seat->second.file == file.status) {
      const std::uint64_t counted = has_generation ? own->second.offset : 0;
      if (seat->second.content <= counted) {
        if (has_generation) hold(own->first, {file, seat->second.content, false, own->second.mark});
        return;
      }
    }
    OpenLog log;
    Survey survey;
    std::string error = log.open(file, limits_, throttle_);
    if (error.empty() && has_generation && seat->second.content <= own->second.offset && is_same_packed(log, seat->second)) {
      plan_.seats.push_back({file.status, seat->second.content, own->first, limits_.is_settled(file.status), seat->second.packed});
      return hold(own->first, {file, seat->second.content, false, own->second.mark});
    }
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
    // A rotated log that grew may be another one's copy, made over what was there or in its inode.
    const bool may_be_copied_over = has_generation && is_rotated(file.path()) && survey.size > own->second.mark.offset;
    const bool is_own = has_generation && is_of(survey, own->second);
    if (is_own && !may_be_copied_over && candidates(survey).front()->mark.offset == own->second.mark.offset) return hold(own->first, {file, survey.size, true, survey.mark_at(survey.size), survey.head});
    const Mark end = survey.mark_at(survey.size);
    strangers_.push_back({file, std::move(survey), end, is_own ? Own{own->first, own->second.mark.offset} : Own{}});
  }

  // Rotation renames what is compressed each night, which is no reason to unpack it.
  static bool is_same_packed(OpenLog& log, const Seat& seat) {
    if (!log.content().is_final() || seat.packed == Digest{}) return false;
    const auto packed = log.content().packed();
    return packed && *packed == seat.packed;
  }

  static bool is_of(const Survey& survey, const Generation& g) {
    if (!survey.holds(g.mark)) return false;
    // What ended within a line, as a compressed log may, went on nowhere.
    const bool is_at_end = g.is_copy || !survey.before.at(g.mark.offset).ends_with('\n');
    return !is_at_end || survey.size == g.mark.offset;
  }

  // The generations whose content this is, with that first of which most was seen.
  std::vector<const Generation*> candidates(const Survey& survey) const {
    std::vector<const Generation*> all;
    for (const std::int64_t id : known_.with_head(survey.head))
      if (const Generation& g = known_.generations_.at(id); is_of(survey, g)) all.push_back(&g);
    std::stable_sort(all.begin(), all.end(), [](const Generation* a, const Generation* b) {
      return a->mark.offset != b->mark.offset ? a->mark.offset > b->mark.offset : a->offset < b->offset;
    });
    return all;
  }

  // A NUL here and there is no reason, nor is the hole that a writer leaves in a log that is truncated.
  static bool is_binary(std::string_view head) {
    const std::string_view text = head.substr(std::min(head.find_first_not_of('\0'), head.size()));
    const auto odd = std::count_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 9 || (c >= 14 && c < 27); });
    return static_cast<std::size_t>(odd) * 20 > text.size();
  }

  void hold(std::int64_t id, const Holder& holder) {
    siblings_of(holder.file).push_back(holder);
    holders_.insert_or_assign(id, holder);
  }

  // The files of a log and those that rotation made of it, as far as they have a place.
  std::vector<Holder>& siblings_of(const FoundFile& file) {
    const std::string path = file.path();
    return siblings_[folder_of(path) + stem_of(name_of(path))];
  }

  // A copy of another file, or in a generation that no file holds any more, or new.
  void place(const Stranger& stranger) {
    if (is_copy(stranger)) return;
    for (const Generation* g : candidates(stranger.survey))
      if (joins(stranger, *g)) return;
    visit(stranger.file, {}, stranger.survey.size);
    siblings_of(stranger.file).push_back(holder_of(stranger));
  }
  static Holder holder_of(const Stranger& stranger) {
    return {stranger.file, stranger.survey.size, true, stranger.end, stranger.survey.head};
  }

  // Whether another file holds all that this one does. A copy that is still being made is one, too.
  bool is_copy(const Stranger& stranger) {
    const std::string path = stranger.file.path();
    if (stranger.survey.size == 0 || !is_rotated(path)) return false;
    for (const Holder& original : siblings_of(stranger.file)) {
      if (original.size < stranger.survey.size || !has_same_head(stranger, original)) continue;
      const auto same = compare(stranger, original);
      if (!same || !*same) continue;
      add_copy(stranger.file, stranger.survey.size);
      return true;
    }
    return false;
  }

  bool joins(const Stranger& stranger, const Generation& g) {
    if (holders_.contains(g.id)) return false;
    // Its file could not be read: this may or may not be it, which the next sweep will tell.
    if (unread_.contains(g.id)) return true;
    if (g.id != stranger.own.id && !is_same_log(stranger.file.path(), g.name, g.mark.offset)) return false;
    hold(g.id, holder_of(stranger));
    return true;
  }

  void add_copy(const FoundFile& file, std::uint64_t size) {
    OpenLog log;
    std::string error = log.open(file, limits_, throttle_);
    const auto at_end = [&](std::string_view) { return std::vector<std::uint64_t>{size}; };
    const auto survey = error.empty() ? log.content().survey(at_end) : Result<Survey, std::string>(Unexpected{error});
    if (!survey || !survey->before.contains(size))
      return plan_.errors.push_back({file.path(), survey ? "became shorter while it was read" : survey.error()});
    const Generation copy{known_.next_id(), survey->mark_at(size), size, size, 0, file.path(), 0, true};
    plan_.copied.push_back(copy);
    plan_.seen.push_back(copy.id);
    const auto packed = log.content().packed();
    plan_.seats.push_back({file.status, size, copy.id, limits_.is_settled(file.status), packed ? *packed : Digest{}});
  }

  // Without opening them: of most files of one folder the first line tells them apart.
  static bool has_same_head(const Stranger& stranger, const Holder& original) {
    const std::string& head = stranger.survey.head;
    if (!original.head.empty()) return original.head.starts_with(head);
    const Mark& end = original.end;
    return end.offset < kMarkBytes || head.size() < kMarkBytes || stranger.end.head == end.head;
  }

  Result<bool, std::string> compare(const Stranger& stranger, const Holder& original) {
    if (original.size == stranger.survey.size && original.end == stranger.end) return true;
    OpenLog a, b;
    std::string error = a.open(stranger.file, limits_, throttle_);
    if (error.empty()) error = b.open(original.file, limits_, throttle_);
    if (!error.empty()) return Unexpected{error};
    if (b.content().is_plain()) return are_equal(a.content(), b.content(), stranger.survey.size);
    // To compare two packed logs, both must be unpacked again and again; nobody copies them.
    return a.content().is_plain() ? are_equal(b.content(), a.content(), stranger.survey.size) : Result<bool, std::string>(false);
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
  std::unordered_map<std::string, std::vector<Holder>> siblings_;
};

Plan Lineages::plan(const std::vector<FoundFile>& files, const ReadLimits& limits, Throttle& throttle) {
  Plan plan = Planner(*this, limits, throttle).take(files);
  for (const FileId& id : plan.gone) seats_.erase(id);
  std::sort(plan.seen.begin(), plan.seen.end());
  return plan;
}

}  // namespace logfix
