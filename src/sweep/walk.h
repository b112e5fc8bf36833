// Which files below some folders are logs, and whose.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace logfix {

/// Which file it is, for as long as it exists.
struct FileId {
  std::uint64_t device = 0, inode = 0;
  auto operator<=>(const FileId&) const = default;
};

/// What the system says of a file; times are nanoseconds. A change of content changes one of them.
struct FileStatus {
  FileId id;
  std::uint64_t size = 0;
  std::int64_t modified = 0, changed = 0;
  bool operator==(const FileStatus&) const = default;
};

/// A log. Its path is for people and for opening it; it says nothing of what is in it.
struct FoundFile {
  std::string root;      ///< as it was asked for
  std::string below;     ///< the path from there; empty if the root is the file
  std::string service;   ///< container, pod or empty
  FileStatus status;
  std::string path() const { return below.empty() ? root : root.ends_with('/') ? root + below : root + "/" + below; }
};

struct NamedReason {
  std::string name, reason;
};

struct Walk {
  std::vector<FoundFile> files;      ///< by root, then by name; each file once, by its first name
  std::vector<NamedReason> skipped;  ///< no regular files, links that lead outside, files of other kinds
  std::vector<NamedReason> errors;   ///< what could not be listed or looked at
};

/// Finds the logs below `roots`: of Docker's containers (`<id>/<id>-json.log`, named by
/// `config.v2.json`), of Kubernetes' pods (`<namespace>_<pod>_<uid>/<container>/<n>.log`) and containers
/// (`<pod>_<namespace>_<container>-<id>.log`), and what is named like a log anywhere else. A root that is
/// a file is a log whatever its name.
///
/// Never opens what is not a regular file, nor follows a link out of the roots: each step of a path is
/// taken by itself and without links. Of /var/log/containers, whose links lead to the folder `pods` beside
/// it, that folder is a root, too.
Walk walk(const std::vector<std::string>& roots);

/// Opens a file that a walk found, for reading; fails if another one has taken its place.
Result<int, std::string> open_found(const FoundFile& file);

/// True for the name of a log in a folder that holds other things, too: `api.log`, `syslog`,
/// `api.log.2.gz`, `api.log-20261130`.
bool is_log_name(std::string_view name);

/// The name of a log without what rotation and compression add: `api.log` for `api.log.2.gz`.
std::string stem_of(std::string_view name);

}  // namespace logfix
