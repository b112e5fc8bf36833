// Runs a target without libFuzzer: on the files of its corpus, and on mutations of them, the same ones
// each time. Arguments: files or folders; --rounds N.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "fuzz.h"

namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

Bytes bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<fs::path> files_of(const fs::path& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(path)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

// A few bytes set, a piece left out, repeated, or of another input.
Bytes mutated(Bytes bytes, const std::vector<Bytes>& corpus, std::mt19937& random) {
  for (unsigned n = 1 + random() % 4; n > 0; --n) {
    const std::size_t at = bytes.empty() ? 0 : random() % bytes.size();
    const std::size_t size = bytes.empty() ? 0 : random() % std::min<std::size_t>(bytes.size() - at, 40);
    const auto here = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    switch (random() % 4) {
      case 0:
        if (!bytes.empty()) bytes[at] = static_cast<std::uint8_t>(random());
        break;
      case 1:
        bytes.erase(here, here + static_cast<std::ptrdiff_t>(size));
        break;
      case 2: {
        const Bytes again(here, here + static_cast<std::ptrdiff_t>(size));
        bytes.insert(here, again.begin(), again.end());
        break;
      }
      default: {
        const Bytes& other = corpus[random() % corpus.size()];
        const std::size_t from = other.empty() ? 0 : random() % other.size();
        const std::size_t count = std::min<std::size_t>(other.size() - from, random() % 60);
        const auto begin = other.begin() + static_cast<std::ptrdiff_t>(from);
        bytes.insert(here, begin, begin + static_cast<std::ptrdiff_t>(count));
      }
    }
  }
  return bytes;
}

// What breaks is left in a file, to be looked at and put into the corpus.
const Bytes* current = nullptr;

void keep_current(int) {
  std::ofstream("replay-failure", std::ios::binary).write(reinterpret_cast<const char*>(current->data()), static_cast<std::streamsize>(current->size()));
  std::fputs("the input is in ./replay-failure\n", stderr);
  std::_Exit(1);
}

void run(const Bytes& bytes) {
  current = &bytes;
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  for (int fault : {SIGABRT, SIGSEGV, SIGFPE}) std::signal(fault, keep_current);
  std::vector<Bytes> corpus;
  std::size_t rounds = 2000;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--rounds") == 0 && i + 1 < argc) {
      rounds = std::strtoul(argv[++i], nullptr, 10);
      continue;
    }
    for (const fs::path& file : files_of(argv[i])) {
      corpus.push_back(bytes_of(file));
      run(corpus.back());
    }
  }
  if (corpus.empty()) return std::puts("no corpus"), 1;
  std::mt19937 random(20261130);
  for (std::size_t n = 0; n < rounds; ++n) {
    run(mutated(corpus[random() % corpus.size()], corpus, random));
  }
  std::printf("%zu inputs of the corpus, %zu mutations\n", corpus.size(), rounds);
  return 0;
}
