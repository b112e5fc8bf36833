// What stands before a line of text: of Compose and Kubernetes tools, of container runtimes, of
// syslog and journalctl, of CI. Each is told strictly, as any program may print something alike.
#pragma once

#include <optional>
#include <string_view>

#include "base/level.h"
#include "base/time.h"

namespace logfix {

/// What a prefix says of the rest of its line. Views are into the line.
struct Prefix {
  std::string_view name;  ///< of the format; a literal
  std::string_view container, stream, logger;
  std::string_view process;  ///< `app[12]`, of syslog and the journal
  Level level = Level::kUnknown;
  std::optional<Time> time;
  bool has_zone = true;
  bool is_partial = false;   ///< the runtime cut the message here
  bool is_runtime = false;   ///< of a container runtime, which may cut messages
};

/// Takes one prefix off the line and returns what it says; nullopt if the line has none:
///
///     api-1  | …                                      Compose (v1 with _1)
///     [pod/api-7d9f8b6c5-x2x4z/api] …                 kubectl logs --prefix
///     api-7d9f8b6c5-x2x4z api …                       stern
///     2026-11-23T22:10:04.120000000Z stderr F …       CRI (containerd, CRI-O); P: to be continued
///     2026-11-23T22:10:04.1200000Z …                  docker logs -t, GitHub Actions
///     <34>Nov 23 22:10:04 host su[230]: …             RFC 3164
///     <165>1 2026-11-23T22:10:04Z host app 12 id - …  RFC 5424
///     Nov 23 22:10:04 host app[12]: …                 journalctl, and syslog files
///     1764000000.123456 host app[12]: …               journalctl -o short-unix
///     [   12.345678] host app[12]: …                  journalctl -o short-monotonic
///     [   12.345678] …                                dmesg
std::optional<Prefix> take_prefix(std::string_view& line, const TimeDefaults& defaults);

/// The level of a syslog severity (0 to 7), RFC 5424 section 6.2.1.
Level level_from_syslog(unsigned severity);

}  // namespace logfix
