// Which findings are the root causes of others.
#pragma once

#include <vector>

#include "findings/finding.h"

namespace logfix {

/// True if the symptom is under the cause's `explains`, or an outcome of it.
bool explains(const Rule& cause, const Rule& symptom);

/// Orders findings: root causes by severity and count, each followed by what it explains.
///
/// A finding's occurrence is explained if its rule is under `explains` of another one that occurred in
/// the same service within ten minutes, or in any within two; of records that tell no time, in the same
/// service. Rule::outcomes count as well. A finding is set under another only if all of its occurrences are explained.
void order_by_root_cause(std::vector<Finding>& findings);

}  // namespace logfix
