#include "base/stats.h"

namespace logfix {

Stats& Stats::operator+=(const Stats& other) {
  bytes += other.bytes;
  lines += other.lines;
  records += other.records;
  matches += other.matches;
  error_records += other.error_records;
  explained_records += other.explained_records;
  malformed += other.malformed;
  truncated += other.truncated;
  not_evaluated += other.not_evaluated;
  redactions += other.redactions;
  hidden += other.hidden;
  outside += other.outside;
  zoneless_times += other.zoneless_times;
  sources += other.sources;
  unreadable += other.unreadable;
  return *this;
}

}  // namespace logfix
