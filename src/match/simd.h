// Which vector instructions a scan may use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace logfix {

/// Where a literal may stand in a text.
struct Occurrence {
  std::uint32_t literal;  ///< number of the literal
  std::size_t begin;      ///< of the literal in the text
};

/// Each width gives the same results; tests go through all of them.
enum class SimdWidth { kPortable, kAvx2, kAvx512 };

/// The widths that this processor has, the portable one first.
inline std::vector<SimdWidth> simd_widths() {
  std::vector<SimdWidth> widths = {SimdWidth::kPortable};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) widths.push_back(SimdWidth::kAvx2);
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vbmi"))
    widths.push_back(SimdWidth::kAvx512);
#endif
  return widths;
}

inline SimdWidth widest_simd() { return simd_widths().back(); }

}  // namespace logfix
