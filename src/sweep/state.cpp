#include "sweep/state.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>
#include <map>

#include "findings/collector.h"
#include "findings/root_cause.h"
#include "sweep/database.h"

namespace logfix {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kForgottenAfterNights = 60;
constexpr std::size_t kTrendNights = 30;
constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::min();
constexpr std::size_t kMaxRows = 1000;  // of variants of a rule, and of unknown errors, in a night

// Each takes a database of its number to the next one.
constexpr std::array kMigrations = {
    R"sql(
CREATE TABLE nights(id INTEGER PRIMARY KEY, began INTEGER NOT NULL, ended INTEGER NOT NULL DEFAULT 0,
  elapsed INTEGER NOT NULL DEFAULT 0, files INTEGER NOT NULL DEFAULT 0, read INTEGER NOT NULL DEFAULT 0,
  rule_set TEXT NOT NULL, reported INTEGER NOT NULL DEFAULT 0);
CREATE TABLE generations(id INTEGER PRIMARY KEY, seen INTEGER NOT NULL, head BLOB NOT NULL, tail BLOB NOT NULL,
  offset INTEGER NOT NULL, cut INTEGER NOT NULL, lines INTEGER NOT NULL, name TEXT NOT NULL, night INTEGER NOT NULL, is_copy INTEGER NOT NULL);
CREATE TABLE seats(device INTEGER NOT NULL, inode INTEGER NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL,
  changed INTEGER NOT NULL, content INTEGER NOT NULL, generation INTEGER NOT NULL, settled INTEGER NOT NULL, packed BLOB NOT NULL,
  PRIMARY KEY(device, inode)) WITHOUT ROWID;
CREATE TABLE open_ends(generation INTEGER PRIMARY KEY, lines INTEGER NOT NULL, missed INTEGER NOT NULL);
-- Below, a night that is less than zero stands for the open end of a generation.
CREATE TABLE rules(id TEXT PRIMARY KEY, category TEXT NOT NULL, severity TEXT NOT NULL, title TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE findings(night INTEGER NOT NULL, rule TEXT NOT NULL, count INTEGER NOT NULL, first_seen INTEGER,
  last_seen INTEGER, omitted INTEGER NOT NULL, source TEXT NOT NULL, line INTEGER NOT NULL, text TEXT NOT NULL,
  mark_begin INTEGER NOT NULL, mark_end INTEGER NOT NULL, truncated INTEGER NOT NULL,
  PRIMARY KEY(night, rule)) WITHOUT ROWID;
CREATE INDEX findings_by_rule ON findings(rule, night);
CREATE TABLE variants(night INTEGER NOT NULL, rule TEXT NOT NULL, captures TEXT NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY(night, rule, captures)) WITHOUT ROWID;
CREATE TABLE sources(night INTEGER NOT NULL, rule TEXT NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY(night, rule, name)) WITHOUT ROWID;
CREATE TABLE moments(night INTEGER NOT NULL, rule TEXT NOT NULL, service TEXT NOT NULL, begin INTEGER NOT NULL,
  count INTEGER NOT NULL, PRIMARY KEY(night, rule, service, begin)) WITHOUT ROWID;
CREATE TABLE unknowns(night INTEGER NOT NULL, pattern TEXT NOT NULL, count INTEGER NOT NULL, level INTEGER NOT NULL,
  source TEXT NOT NULL, line INTEGER NOT NULL, text TEXT NOT NULL, truncated INTEGER NOT NULL,
  PRIMARY KEY(night, pattern)) WITHOUT ROWID;
CREATE INDEX unknowns_by_pattern ON unknowns(pattern, night);
CREATE TABLE counters(night INTEGER NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL,
  PRIMARY KEY(night, name)) WITHOUT ROWID;
)sql"};

// What adds rows up that stand for the same; `SELECT` or `VALUES` stands between.
struct Table {
  const char* name;
  const char* columns;
  const char* on_conflict;
};
constexpr Table kFindings{
    "findings", "rule, count, first_seen, last_seen, omitted, source, line, text, mark_begin, mark_end, truncated",
    "(night, rule) DO UPDATE SET count = count + excluded.count, omitted = omitted + excluded.omitted,"
    " first_seen = min(coalesce(first_seen, excluded.first_seen), coalesce(excluded.first_seen, first_seen)),"
    " last_seen = max(coalesce(last_seen, excluded.last_seen), coalesce(excluded.last_seen, last_seen))"};
constexpr Table kVariants{"variants", "rule, captures, count", "(night, rule, captures) DO UPDATE SET count = count + excluded.count"};
constexpr Table kSources{"sources", "rule, name, count", "(night, rule, name) DO UPDATE SET count = count + excluded.count"};
constexpr Table kMoments{"moments", "rule, service, begin, count", "(night, rule, service, begin) DO UPDATE SET count = count + excluded.count"};
constexpr Table kUnknowns{"unknowns", "pattern, count, level, source, line, text, truncated",
                          "(night, pattern) DO UPDATE SET count = count + excluded.count, level = max(level, excluded.level)"};
constexpr Table kCounters{"counters", "name, value", "(night, name) DO UPDATE SET value = value + excluded.value"};
constexpr std::array kOfNight = {kFindings, kVariants, kSources, kMoments, kUnknowns, kCounters};

std::string add_rows(const Table& table) {
  const auto columns = 2 + std::count(table.columns, table.columns + std::strlen(table.columns), ',');
  std::string marks = "?";
  for (auto i = 1; i < columns; ++i) marks += ", ?";
  return fmt::format("INSERT INTO {}(night, {}) VALUES({}) ON CONFLICT{}", table.name, table.columns, marks, table.on_conflict);
}

constexpr std::pair<const char*, std::uint64_t Stats::*> kStats[] = {
    {"bytes", &Stats::bytes}, {"lines", &Stats::lines}, {"records", &Stats::records}, {"matches", &Stats::matches},
    {"error_records", &Stats::error_records}, {"explained_records", &Stats::explained_records},
    {"malformed", &Stats::malformed}, {"truncated", &Stats::truncated}, {"not_evaluated", &Stats::not_evaluated},
    {"redactions", &Stats::redactions}, {"zoneless_times", &Stats::zoneless_times}, {"sources", &Stats::sources}};

std::optional<std::int64_t> number_of(const std::optional<Time>& time) {
  return time ? std::optional(time->time_since_epoch().count()) : std::nullopt;
}
Time time_of(std::int64_t nanoseconds) { return Time(std::chrono::nanoseconds(nanoseconds)); }

RedactedText redacted(std::string text) { return Redactor().redact(LogText(std::move(text))); }

// `name=value` lines; what would be taken for the end of one is escaped.
std::string joined(const Variant& variant) {
  std::string out;
  for (const auto& [name, value] : variant.captures) {
    ((out += out.empty() ? "" : "\n") += name) += '=';
    for (char c : value.untrusted()) c == '\n' ? out += "\\n" : c == '\\' ? out += "\\\\" : out += c;
  }
  return out;
}

Variant split(const std::string& joined, std::uint64_t count) {
  Variant variant;
  variant.count = count;
  for (std::size_t begin = 0; begin < joined.size();) {
    const std::size_t end = std::min(joined.find('\n', begin), joined.size());
    const std::size_t equals = std::min(joined.find('=', begin), end);
    std::string value;
    for (std::size_t i = equals + 1; i < end; ++i) {
      const bool is_escape = joined[i] == '\\' && i + 1 < end;
      if (is_escape) ++i;
      value += is_escape && joined[i] == 'n' ? '\n' : joined[i];
    }
    variant.captures.emplace_back(joined.substr(begin, equals - begin), redacted(std::move(value)));
    begin = end + 1;
  }
  return variant;
}

std::string is_on_network(const std::string& folder) {
  static constexpr std::pair<std::uint32_t, const char*> kNetworks[] = {
      {0x6969, "NFS"}, {0x517b, "SMB"}, {0xff534d42, "CIFS"}, {0xfe534d42, "SMB2"}, {0x01021997, "9P"}, {0x00c36400, "Ceph"},
      {0x0bd00bd0, "Lustre"}, {0x47504653, "GPFS"}, {0x7461636f, "OCFS2"}, {0x5346414f, "AFS"}, {0x73757245, "Coda"},
      {0x65735546, "FUSE"}, {0x786f4256, "a shared folder of VirtualBox"}};
  struct statfs status {};
  if (statfs(folder.c_str(), &status) != 0) return {};
  for (const auto& [magic, name] : kNetworks)
    if (static_cast<std::uint32_t>(status.f_type) == magic) return name;
  return {};
}

}  // namespace

class SweepState::Database {
 public:
  sqlite3* handle = nullptr;
  int lock = -1;
  std::string error;

  Database() = default;
  Database(const Database&) = delete;
  ~Database() {
    sqlite3_close(handle);
    if (lock >= 0) close(lock);
  }

  // Runs `action` unless something failed before.
  template <typename Action>
  void guard(Action action) {
    if (!error.empty()) return;
    try {
      action();
    } catch (const DatabaseFailure& failure) {
      error = failure.what();
    }
  }
  // The same in one transaction.
  template <typename Action>
  void change(Action action) {
    guard([&] {
      Transaction transaction(handle);
      action();
      transaction.commit();
    });
  }
  template <typename... Values>
  void run(std::string_view sql, const Values&... values) {
    Statement(handle, sql).bind(values...).run();
  }
  std::int64_t integer(std::string_view sql) {
    Statement statement(handle, sql);
    return statement.next() ? statement.integer(0) : 0;
  }

  void connect(const std::string& path, int flags) {
    const int code = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    if (code != SQLITE_OK) throw DatabaseFailure(code & 0xff, handle ? sqlite3_errmsg(handle) : "out of memory");
    sqlite3_busy_timeout(handle, 10'000);
  }

  void migrate() {
    const auto version = static_cast<std::size_t>(integer("PRAGMA user_version"));
    for (std::size_t i = version; i < kMigrations.size(); ++i) {
      Transaction transaction(handle);
      if (const int code = sqlite3_exec(handle, kMigrations[i], nullptr, nullptr, nullptr); code != SQLITE_OK)
        throw DatabaseFailure(code & 0xff, sqlite3_errmsg(handle));
      run(fmt::format("PRAGMA user_version = {}", i + 1));
      transaction.commit();
    }
  }

  void add(std::int64_t night, const Report& found);
  void clear(std::int64_t night) {
    for (const Table& table : kOfNight) run(fmt::format("DELETE FROM {} WHERE night = ?", table.name), night);
  }
  void move(std::int64_t from, std::int64_t to) {
    for (const Table& table : kOfNight)
      run(fmt::format("INSERT INTO {0}(night, {1}) SELECT ?, {1} FROM {0} WHERE night = ? ON CONFLICT{2}", table.name,
                      table.columns, table.on_conflict), to, from);
    clear(from);
  }
  void bound(std::int64_t night, const Report& found);
  void put(const Generation& generation);
  std::vector<std::uint64_t> trend(const std::vector<std::int64_t>& nights, std::string_view table, std::string_view column,
                                   std::string_view key);
  std::uint64_t in_a_row(std::int64_t last, std::string_view table, std::string_view column, std::string_view key);
  Trend trend_of(const std::vector<std::int64_t>& nights, std::string_view table, std::string_view column, std::string_view key);
  void load_rows(std::int64_t night, Finding& finding);
};

void SweepState::Database::add(std::int64_t night, const Report& found) {
  Statement rule(handle, "INSERT OR REPLACE INTO rules VALUES(?, ?, ?, ?)");
  Statement finding(handle, add_rows(kFindings)), variant(handle, add_rows(kVariants)), source(handle, add_rows(kSources)),
      moment(handle, add_rows(kMoments)), unknown(handle, add_rows(kUnknowns)), counter(handle, add_rows(kCounters));
  for (const Finding& f : found.findings) {
    const std::string& id = f.rule->id;
    const Evidence& e = f.evidence;
    rule.bind(id, f.rule->category, level_name(f.rule->severity), f.rule->title).run();
    finding.bind(night, id, f.count, number_of(f.first_seen), number_of(f.last_seen), f.variants_omitted, e.source.untrusted(),
                 e.line, e.text.untrusted(), e.mark_begin, e.mark_end, e.truncated).run();
    for (const Variant& v : f.variants) variant.bind(night, id, joined(v), v.count).run();
    for (const SourceCount& s : f.sources) source.bind(night, id, s.name.untrusted(), s.count).run();
    for (const Moment& m : f.moments) moment.bind(night, id, m.service.untrusted(), number_of(m.begin).value_or(kNoTime), m.count).run();
  }
  for (const Unknown& u : found.unknowns) {
    const Evidence& e = u.evidence;
    unknown.bind(night, u.pattern.untrusted(), u.count, static_cast<int>(u.level), e.source.untrusted(), e.line,
                 e.text.untrusted(), e.truncated).run();
  }
  for (const auto& [name, member] : kStats)
    if (found.stats.*member) counter.bind(night, std::string_view(name), found.stats.*member).run();
  bound(night, found);
}

// The rarest go when there are too many.
void SweepState::Database::bound(std::int64_t night, const Report& found) {
  Statement rows(handle, "SELECT count(*) FROM variants WHERE night = ? AND rule = ?");
  for (const Finding& f : found.findings) {
    rows.bind(night, f.rule->id);
    const std::uint64_t count = rows.next() ? rows.count(0) : 0;
    if (count <= kMaxRows) continue;
    run("DELETE FROM variants WHERE night = ?1 AND rule = ?2 AND captures IN"
        " (SELECT captures FROM variants WHERE night = ?1 AND rule = ?2 ORDER BY count, captures LIMIT ?3)", night, f.rule->id, count - kMaxRows);
    run("UPDATE findings SET omitted = omitted + ? WHERE night = ? AND rule = ?", count - kMaxRows, night, f.rule->id);
  }
  Statement patterns(handle, "SELECT count(*) FROM unknowns WHERE night = ?");
  patterns.bind(night);
  const std::uint64_t count = patterns.next() ? patterns.count(0) : 0;
  if (count <= kMaxRows) return;
  run("INSERT INTO unknowns SELECT ?1, '(other errors)', sum(count), max(level), source, line, text, truncated FROM"
      " (SELECT * FROM unknowns WHERE night = ?1 AND pattern != '(other errors)' ORDER BY count, pattern LIMIT ?2)"
      " WHERE true ON CONFLICT(night, pattern) DO UPDATE SET count = count + excluded.count", night, count - kMaxRows);
  run("DELETE FROM unknowns WHERE night = ?1 AND pattern IN (SELECT pattern FROM unknowns WHERE night = ?1"
      " AND pattern != '(other errors)' ORDER BY count, pattern LIMIT ?2)", night, count - kMaxRows);
}

void SweepState::Database::put(const Generation& g) {
  run("INSERT OR REPLACE INTO generations VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", g.id, g.mark.offset, g.mark.head, g.mark.tail, g.offset,
      g.cut, g.lines, g.name, g.night, g.is_copy);
}

SweepState::SweepState(std::unique_ptr<Database> database) : database_(std::move(database)) {}
SweepState::~SweepState() = default;

namespace {

using Opened = Result<std::unique_ptr<SweepState>, StateError>;

Unexpected<StateError> failed(std::string text, StateError::Kind kind = StateError::Kind::kOther) {
  return Unexpected<StateError>{{kind, std::move(text)}};
}

// Names that set_aside() gave.
std::string find_set_aside(const std::string& folder) {
  std::error_code error;
  for (auto it = fs::directory_iterator(folder, error); !error && it != fs::end(it); it.increment(error)) {
    const std::string name = it->path().filename().string();
    if ((name.starts_with("state.db.damaged-") || name.starts_with("state.db.newer-")) && !name.ends_with("-journal")) return it->path().string();
  }
  return {};
}

// Its journal goes with it: it must not be taken for that of another database.
std::string set_aside(const std::string& path, const char* why) {
  const std::string name = fmt::format("{}.{}-{}", path, why, std::chrono::system_clock::now().time_since_epoch().count());
  rename((path + "-journal").c_str(), (name + "-journal").c_str());
  return rename(path.c_str(), name.c_str()) == 0 ? name : path;
}

// The name of a new folder is on the disk for sure once the folder that it is in was synced.
void sync_folders_above(const std::string& folder) {
  std::error_code error;
  fs::path at = fs::absolute(folder, error);
  while (at.has_relative_path()) {
    at = at.parent_path();
    const int above = ::open(at.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    if (above < 0) continue;  // not ours to read, so none that was made here
    fsync(above);
    close(above);
  }
}

bool is_damage(int code) { return code == SQLITE_CORRUPT || code == SQLITE_NOTADB; }

}  // namespace

Opened SweepState::open(const std::string& folder, bool begin_anew) {
  std::error_code error;
  const bool was_made = fs::create_directories(folder, error);
  if (error) return failed(fmt::format("{}: {}", folder, error.message()));
  if (was_made) {
    chmod(folder.c_str(), 0700);
    sync_folders_above(folder);
  }
  if (const std::string network = is_on_network(folder); !network.empty())
    return failed(fmt::format("{} is on a network file system ({}), where locks and the order of writes can't be relied on; --state takes another folder", folder, network));
  auto database = std::make_unique<Database>();
  const std::string lock = folder + "/state.lock", path = folder + "/state.db";
  database->lock = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (database->lock < 0) return failed(fmt::format("{}: {}", lock, std::strerror(errno)));
  int locked = -1;
  while ((locked = flock(database->lock, LOCK_EX | LOCK_NB)) != 0 && errno == EINTR) {
  }
  if (locked != 0 && errno == EWOULDBLOCK) return failed("another sweep is at work on " + folder, StateError::Kind::kLocked);
  if (locked != 0) return failed(fmt::format("{}: {}", lock, std::strerror(errno)));
  const bool is_new = access(path.c_str(), F_OK) != 0;
  if (const std::string aside = find_set_aside(folder); is_new && !begin_anew && !aside.empty())
    return failed(fmt::format("there is no state, but {} that was set aside: mend it and name it state.db, or begin anew with --new-state, which counts again what the logs still hold", aside));
  const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (made < 0) return failed(fmt::format("{}: {}", path, std::strerror(errno)));
  close(made);
  try {
    database->connect(path, SQLITE_OPEN_READWRITE);
    database->run("PRAGMA journal_mode = DELETE");
    database->run("PRAGMA synchronous = EXTRA");
    database->run("PRAGMA trusted_schema = OFF");
    Statement check(database->handle, "PRAGMA quick_check(1)");
    if (!check.next() || check.text(0) != "ok") throw DatabaseFailure(SQLITE_CORRUPT, "its check failed");
    const auto version = static_cast<std::size_t>(database->integer("PRAGMA user_version"));
    if (version > kMigrations.size()) {
      sqlite3_close_v2(std::exchange(database->handle, nullptr));  // when `check` is gone
      return failed(fmt::format("{} is of a newer logfix (version {}, this one knows {}); it was set aside as {}", path, version,
                                kMigrations.size(), set_aside(path, "newer")));
    }
    check.run();
    database->migrate();
  } catch (const DatabaseFailure& failure) {
    if (!is_damage(failure.code)) return failed(fmt::format("{}: {}", path, failure.what()));
    sqlite3_close_v2(std::exchange(database->handle, nullptr));
    return failed(fmt::format("{} is damaged ({}); it was set aside as {}. Restore a backup, or begin anew with --new-state", path,
                              failure.what(), set_aside(path, "damaged")));
  }
  return std::unique_ptr<SweepState>(new SweepState(std::move(database)));
}

Opened SweepState::open_to_read(const std::string& folder) {
  auto database = std::make_unique<Database>();
  const std::string path = folder + "/state.db";
  if (access(path.c_str(), F_OK) != 0) return failed(fmt::format("{}: there is no state of a sweep ({})", folder, std::strerror(errno)));
  try {
    // A journal that a killed sweep left can be rolled back only by who may write.
    database->connect(path, access(path.c_str(), W_OK) == 0 ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
    const auto version = static_cast<std::size_t>(database->integer("PRAGMA user_version"));
    if (version != kMigrations.size()) return failed(fmt::format("{} is of another logfix (version {}, this one knows {}); a sweep brings an older one up to date", path, version, kMigrations.size()));
  } catch (const DatabaseFailure& failure) {
    return failed(fmt::format("{}: {}", path, failure.what()));
  }
  return std::unique_ptr<SweepState>(new SweepState(std::move(database)));
}

const std::string& SweepState::error() const { return database_->error; }

namespace {

Digest digest_at(const Statement& row, int column) {
  Digest digest{};
  const std::string bytes = row.text(column);
  if (bytes.size() == digest.size()) std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

}  // namespace

std::vector<Generation> SweepState::generations() {
  std::vector<Generation> all;
  database_->guard([&] {
    Statement row(database_->handle, "SELECT id, seen, head, tail, offset, cut, lines, name, night, is_copy FROM generations ORDER BY id");
    while (row.next())
      all.push_back({row.integer(0), {row.count(1), digest_at(row, 2), digest_at(row, 3)}, row.count(4), row.count(5), row.count(6), row.text(7), row.integer(8), row.integer(9) != 0});
  });
  return all;
}

std::vector<Seat> SweepState::seats() {
  std::vector<Seat> all;
  database_->guard([&] {
    Statement row(database_->handle, "SELECT device, inode, size, modified, changed, content, generation, settled, packed FROM seats");
    while (row.next())
      all.push_back({{{row.count(0), row.count(1)}, row.count(2), row.integer(3), row.integer(4)}, row.count(5), row.integer(6), row.integer(7) != 0, digest_at(row, 8)});
  });
  return all;
}

std::int64_t SweepState::begin_night(Time now, const std::string& rule_set) {
  std::int64_t night = 0;
  database_->change([&] {
    night = database_->integer("SELECT max(id) FROM nights WHERE reported = 0");
    if (night == 0) {
      night = database_->integer("SELECT coalesce(max(id), 0) + 1 FROM nights");
      database_->run("INSERT INTO nights(id, began, rule_set) VALUES(?, ?, ?)", night, *number_of(now), rule_set);
    } else {
      database_->run("UPDATE nights SET rule_set = ?1 WHERE id = ?2 AND rule_set != ?1", rule_set, night);
    }
  });
  return night;
}

void SweepState::commit(std::int64_t night, const Step& step) {
  database_->change([&] {
    Database& db = *database_;
    db.add(night, step.found);
    for (const Generation& g : step.generations) {
      db.put(g);
      db.run("DELETE FROM open_ends WHERE generation = ?", g.id);
      db.clear(-g.id);
    }
    for (const OpenEnd& end : step.open_ends) {
      db.clear(-end.generation);
      db.run("INSERT OR REPLACE INTO open_ends VALUES(?, ?, 0)", end.generation, end.lines);
      db.add(-end.generation, end.found);
    }
    for (const Seat& s : step.seats)
      db.run("INSERT OR REPLACE INTO seats VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)", s.file.id.device, s.file.id.inode, s.file.size, s.file.modified,
             s.file.changed, s.content, s.generation, s.is_settled, s.packed);
  });
}

void SweepState::keep_only(std::int64_t night, const std::vector<std::int64_t>& seen, const std::vector<FileId>& gone) {
  database_->change([&] {
    Database& db = *database_;
    Statement see(db.handle, "UPDATE generations SET night = ? WHERE id = ? AND night != ?");
    for (const std::int64_t id : seen) see.bind(night, id, night).run();
    for (const FileId& id : gone) db.run("DELETE FROM seats WHERE device = ? AND inode = ?", id.device, id.inode);
    struct Missing {
      std::int64_t id;
      std::uint64_t lines;
      bool was_missed;
    };
    std::vector<Missing> missing;
    Statement row(db.handle, "SELECT generation, lines, missed FROM open_ends");
    while (row.next())
      if (!std::binary_search(seen.begin(), seen.end(), row.integer(0))) missing.push_back({row.integer(0), row.count(1), row.integer(2) != 0});
    for (const auto& [id, lines, was_missed] : missing) {
      // What is away for one sweep may come back, and go on.
      db.run("UPDATE open_ends SET missed = 1 WHERE generation = ?", id);
      if (!was_missed) continue;
      db.move(-id, night);
      db.run("UPDATE generations SET offset = seen, cut = seen, lines = ? WHERE id = ?", lines, id);
      db.run("DELETE FROM open_ends WHERE generation = ?", id);
    }
    db.run("DELETE FROM generations WHERE night < ?", night - kForgottenAfterNights);
  });
}

void SweepState::end_night(const NightSummary& more) {
  database_->change([&] {
    database_->run("UPDATE nights SET ended = ?, elapsed = elapsed + ?, files = max(files, ?), read = read + ? WHERE id = ?", *number_of(more.ended),
                   more.elapsed.count(), more.files, more.read, more.id);
  });
}

void SweepState::mark_reported(std::int64_t night) {
  database_->change([&] { database_->run("UPDATE nights SET reported = 1 WHERE id = ?", night); });
}

void SweepState::drop_old_nights(std::chrono::days keep) {
  database_->change([&] {
    Database& db = *database_;
    std::vector<std::int64_t> old;
    Statement row(db.handle, "SELECT id FROM nights WHERE began < (SELECT min(began) FROM (SELECT began FROM nights ORDER BY id DESC LIMIT 3)) - ?");
    row.bind(std::chrono::nanoseconds(keep).count());
    while (row.next()) old.push_back(row.integer(0));
    for (const std::int64_t night : old) {
      db.clear(night);
      db.run("DELETE FROM nights WHERE id = ?", night);
    }
  });
}

std::vector<NightSummary> SweepState::nights(std::size_t most) {
  std::vector<NightSummary> all;
  database_->guard([&] {
    Statement row(database_->handle, "SELECT id, began, ended, elapsed, files, read, rule_set, reported FROM nights ORDER BY id DESC LIMIT ?");
    Statement counter(database_->handle, "SELECT name, value FROM counters WHERE night = ?");
    row.bind(most);
    while (row.next()) {
      NightSummary night{row.integer(0), time_of(row.integer(1)), time_of(row.integer(2)), std::chrono::milliseconds(row.integer(3)),
                         {}, row.count(4), row.count(5), row.text(6), row.integer(7) != 0};
      counter.bind(night.id);
      while (counter.next())
        for (const auto& [name, member] : kStats)
          if (counter.text(0) == name) night.stats.*member = counter.count(1);
      all.push_back(std::move(night));
    }
  });
  return all;
}

std::vector<NightCount> SweepState::counts_of(const std::string& rule, std::size_t most) {
  std::vector<NightCount> all;
  database_->guard([&] {
    Statement row(database_->handle,
                  "SELECT nights.id, began, coalesce(count, 0) FROM nights LEFT JOIN findings ON night = nights.id AND rule = ? ORDER BY nights.id DESC LIMIT ?");
    row.bind(rule, most);
    while (row.next()) all.push_back({row.integer(0), time_of(row.integer(1)), row.count(2)});
  });
  return all;
}

// By night, in the order of `nights`.
std::vector<std::uint64_t> SweepState::Database::trend(const std::vector<std::int64_t>& nights, std::string_view table,
                                                       std::string_view column, std::string_view key) {
  std::vector<std::uint64_t> counts(nights.size());
  Statement row(handle, fmt::format("SELECT night, count FROM {} WHERE {} = ? AND night >= ? ORDER BY night", table, column));
  row.bind(key, nights.front());
  while (row.next()) {
    const auto at = std::lower_bound(nights.begin(), nights.end(), row.integer(0));
    if (at != nights.end() && *at == row.integer(0)) counts[static_cast<std::size_t>(at - nights.begin())] = row.count(1);
  }
  return counts;
}

// How many nights up to `last` had it without a gap.
std::uint64_t SweepState::Database::in_a_row(std::int64_t last, std::string_view table, std::string_view column, std::string_view key) {
  Statement row(handle, fmt::format("SELECT count(*) FROM nights WHERE id <= ?1 AND id > (SELECT coalesce(max(id), 0) FROM nights AS other"
                                    " WHERE id <= ?1 AND NOT EXISTS(SELECT 1 FROM {} WHERE night = other.id AND {} = ?2))", table, column));
  row.bind(last, key);
  return row.next() ? row.count(0) : 0;
}

Trend SweepState::Database::trend_of(const std::vector<std::int64_t>& nights, std::string_view table, std::string_view column,
                                     std::string_view key) {
  Trend trend;
  trend.counts = this->trend(nights, table, column, key);
  trend.nights_in_a_row = in_a_row(nights.back(), table, column, key);
  trend.was_there_last = trend.nights_in_a_row > 1;
  Statement before(handle, fmt::format("SELECT 1 FROM {} WHERE {} = ? AND night > 0 AND night < ? LIMIT 1", table, column));
  trend.is_first_time = !before.bind(key, nights.back()).next();
  return trend;
}

void SweepState::Database::load_rows(std::int64_t night, Finding& f) {
  Statement variant(handle, "SELECT captures, count FROM variants WHERE night = ? AND rule = ? ORDER BY count DESC, captures");
  variant.bind(night, f.rule->id);
  while (variant.next()) f.variants.push_back(split(variant.text(0), variant.count(1)));
  Statement source(handle, "SELECT name, count FROM sources WHERE night = ? AND rule = ? ORDER BY name");
  source.bind(night, f.rule->id);
  while (source.next()) f.sources.push_back({redacted(source.text(0)), source.count(1)});
  Moments moments;
  Statement moment(handle, "SELECT service, begin, count FROM moments WHERE night = ? AND rule = ?");
  moment.bind(night, f.rule->id);
  while (moment.next())
    moments.add(redacted(moment.text(0)), moment.integer(1) == kNoTime ? std::nullopt : std::optional(time_of(moment.integer(1))), moment.count(2));
  f.moments = moments.list();
  f.services = services_of(f.moments);
}

Report SweepState::load_night(std::int64_t id, const RuleSet& rules, std::deque<Rule>& former) {
  Report report;
  database_->guard([&] {
    Database& db = *database_;
    std::vector<std::int64_t> nights;
    Statement earlier(db.handle, "SELECT id FROM nights WHERE id <= ? ORDER BY id DESC LIMIT ?");
    earlier.bind(id, kTrendNights);
    while (earlier.next()) nights.insert(nights.begin(), earlier.integer(0));
    if (nights.empty() || nights.back() != id) throw DatabaseFailure(SQLITE_NOTFOUND, fmt::format("there is no night {}", id));

    const auto rule_of = [&](const std::string& name) -> const Rule* {
      for (const Rule& rule : rules.rules)
        if (rule.id == name) return &rule;
      Statement row(db.handle, "SELECT category, severity, title FROM rules WHERE id = ?");
      Rule& rule = former.emplace_back();
      rule.id = name;
      if (!row.bind(name).next()) return &rule;
      rule.category = row.text(0);
      rule.severity = severity_from_word(row.text(1)).value_or(Level::kInfo);
      rule.title = row.text(2);
      return &rule;
    };
    Statement row(db.handle, "SELECT rule, count, first_seen, last_seen, omitted, source, line, text, mark_begin, mark_end, truncated FROM findings WHERE night = ?");
    row.bind(id);
    while (row.next()) {
      Finding f;
      f.rule = rule_of(row.text(0));
      f.count = row.count(1);
      if (!row.is_null(2)) f.first_seen = time_of(row.integer(2)), f.last_seen = time_of(row.integer(3));
      f.variants_omitted = row.count(4);
      f.evidence = {redacted(row.text(5)), row.count(6), redacted(row.text(7)), row.count(8), row.count(9), row.integer(10) != 0};
      f.evidence.mark_end = std::min(f.evidence.mark_end, f.evidence.text.size());
      f.evidence.mark_begin = std::min(f.evidence.mark_begin, f.evidence.mark_end);
      db.load_rows(id, f);
      f.trend = db.trend_of(nights, "findings", "rule", f.rule->id);
      report.findings.push_back(std::move(f));
    }
    order_by_root_cause(report.findings);
    Statement unknown(db.handle, "SELECT pattern, count, level, source, line, text, truncated FROM unknowns WHERE night = ? ORDER BY count DESC, pattern");
    unknown.bind(id);
    while (unknown.next()) {
      Unknown u{redacted(unknown.text(0)), unknown.count(1), static_cast<Level>(unknown.integer(2)),
                {redacted(unknown.text(3)), unknown.count(4), redacted(unknown.text(5)), 0, 0, unknown.integer(6) != 0}, {}};
      u.trend = db.trend_of(nights, "unknowns", "pattern", unknown.text(0));
      report.unknowns.push_back(std::move(u));
    }
    Night night;
    night.number = id;
    if (nights.size() > 1) {
      const std::int64_t previous = nights[nights.size() - 2];
      Statement gone(db.handle, "SELECT rule FROM findings AS f WHERE night = ? AND NOT EXISTS(SELECT 1 FROM findings WHERE night = ? AND rule = f.rule) ORDER BY rule");
      gone.bind(previous, id);
      while (gone.next()) {
        GoneFinding g{rule_of(gone.text(0)), 0, 0, db.trend(nights, "findings", "rule", gone.text(0))};
        g.count = g.counts[g.counts.size() - 2];
        g.nights_in_a_row = db.in_a_row(previous, "findings", "rule", gone.text(0));
        night.gone.push_back(std::move(g));
      }
    }
    for (const NightSummary& summary : this->nights(kTrendNights + 1)) {
      if (summary.id == id) {
        night.began = summary.began;
        night.elapsed = summary.elapsed;
        night.files = summary.files;
        night.read = summary.read;
        report.stats = summary.stats;
        report.rule_set = summary.rule_set;
      } else if (summary.id < id && !night.previous) {
        night.previous = summary.began;
      }
    }
    report.night = std::move(night);
  });
  return report;
}

}  // namespace logfix
