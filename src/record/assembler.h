// Joins the lines of one message to one record, per stream.
//
// What a line is can mostly be told from the line alone: a JSON line is a record of its own, a line
// with a time or a level at its head begins one, an indented line goes on with the one before. In a
// stack trace more belongs together, so each stream remembers where in a trace it is. Python's:
//
//     ERROR:    Exception in ASGI application      head          begins a record
//     Traceback (most recent call last):           trace start   goes on: the head is an error
//       File "app.py", line 3, in f                indented      goes on
//     KeyError: 'x'                                the exception goes on, and closes the trace
//                                                  blank         waits for what follows it
//     During handling of the above exception, …    link          goes on, and so does the next trace
//     Traceback (most recent call last):
//     INFO:     Shutting down                      head          begins the next record
//
// Java, .NET, Ruby and PHP indent or mark all but the line that names the exception. A crash of Go,
// Node or Rust has unindented lines that are told by their look, or by their nearness.
//
// The fast path starts in the middle of a log, so a line's place must follow from a bounded past:
//
//   * A synchronising line (head or JSON) has the same effect whatever came before it.
//   * Where offsets are cut into pieces of kJoinHorizon bytes, the first line of a stream in piece
//     k begins a record if the stream has no synchronising line since the begin of piece k-1.
//
// Nor has a record a text before it (Record::lead) there.
//
// So no line depends on anything more than two horizons back, and no record is longer than that.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

#include "envelope/entry.h"
#include "record/parts.h"
#include "record/record.h"

namespace logfix {

/// True if the entry begins a record whatever came before it.
bool synchronises(const Entry& entry);

/// Use:      push() the entries of one source in their order, then flush() once.
/// Lifetime: a record is valid only during the call of `sink`.
/// Errors:   none. Threads: one instance per source.
/// Cost:     linear; memory is bounded by the text of two horizons.
class Assembler {
 public:
  using Sink = std::function<void(Record&)>;
  /// Where lines of a joined message must lie; from source/block.h.
  Assembler(std::uint64_t horizon, Sink sink);

  void push(const Entry& entry, const LinePlace& place);
  /// Emits and forgets what no line at `offset` or behind can go on with.
  void advance(std::uint64_t offset);
  void flush();
  /// True while a record with a candidate line is open: the lines that follow may belong to it.
  bool has_open_candidate() const { return open_candidates_ > 0; }
  /// True while a record that begins before `offset` is open.
  bool has_open_before(std::uint64_t offset) const;
  /// Where the first record begins that may go on; `none` if there is none.
  std::uint64_t open_since(std::uint64_t none) const;
  /// Emits the records whose last line is before `offset`, but remembers where their streams are.
  void end_open(std::uint64_t offset);
  /// True, and the offset behind the last line pushed, if the stream is known.
  bool is_known(const std::string& key, std::uint64_t* fed_until) const;

 private:
  // Where in a stack trace a stream is: nowhere; in its frames; behind the line that names the
  // exception; behind a line that says another trace follows; in a crash that ends the program, of
  // which unindented lines are a part too.
  enum class Place { kText, kTrace, kAfterException, kLinked, kCrash };
  struct Stream {
    Record record;
    bool is_open = false;
    Place place = Place::kText;
    bool joins_trace = false;  // the record's head is an error or of no known level
    bool has_trace = false;
    bool is_pg = false;
    std::size_t pending_blanks = 0;
    std::size_t lines_after = 0;  // the exception, or the begin of the crash
    std::uint64_t begin_offset = 0, last_sync = 0, fed_until = 0, last_offset = 0;
    bool has_sync = false;
  };

  bool continues(Stream& stream, const Entry& entry);
  static bool continues_crash(Stream& stream, std::string_view text);
  bool is_cut_off(const Stream& stream, std::uint64_t offset) const;
  bool is_within_reach(const Stream& stream, std::uint64_t before, std::uint64_t offset) const;
  void begin(Stream& stream, const Entry& entry, const LinePlace& place);
  void set_lead(Stream& stream, const Entry& entry, const LinePlace& place) const;
  void append(Stream& stream, const Entry& entry, const LinePlace& place);
  void close(Stream& stream);

  std::uint64_t horizon_;
  Sink sink_;
  std::unordered_map<std::string, Stream> streams_;
  std::uint64_t piece_ = 0;
  std::size_t open_candidates_ = 0;
};

}  // namespace logfix
