// Lines of fields that are no JSON: key=value (logfmt) and PostgreSQL's csvlog.
#pragma once

#include <string_view>

#include "envelope/json.h"

namespace logfix {

/// Reads `time=… level=error msg="a \"quoted\" text" err=…`; words without `=` are taken as text.
/// Quoted values are written as Go's strconv.Quote and JSON do. Cost: linear.
void read_logfmt(std::string_view line, FlatJson& flat);

/// Reads a line of PostgreSQL's csvlog (its documentation, "Using CSV-Format Log Output") to the
/// fields of its jsonlog; false if it isn't one. A field that goes on in the next line ends here.
bool read_csvlog(std::string_view line, FlatJson& flat);

}  // namespace logfix
