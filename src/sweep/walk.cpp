#include "sweep/walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <memory>
#include <set>

#include "base/text.h"
#include "envelope/json.h"

namespace logfix {
namespace {

constexpr int kMaxDepth = 40;
constexpr int kMaxLinks = 8;
constexpr off_t kMaxConfigBytes = off_t{4} << 20;

std::string why() { return std::strerror(errno); }

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& from) noexcept : number_(from.release()) {}
  Descriptor& operator=(Descriptor&& from) noexcept {
    std::swap(number_, from.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  int number() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

int open_at(int folder, const char* name, int flags) {
  int opened = -1;
  do {
    opened = openat(folder, name, flags | O_CLOEXEC | O_NONBLOCK);
  } while (opened < 0 && errno == EINTR);
  return opened;
}

// One step after the other, none of them a link. `below` has no `..`.
Descriptor open_below(int root, const std::string& below, int flags_of_last) {
  Descriptor at(open_at(root, ".", O_RDONLY | O_DIRECTORY));
  for (std::size_t begin = 0; at.number() >= 0 && begin < below.size();) {
    const std::size_t end = std::min(below.find('/', begin), below.size());
    const bool is_last = end == below.size();
    at = Descriptor(open_at(at.number(), below.substr(begin, end - begin).c_str(),
                            O_RDONLY | O_NOFOLLOW | (is_last ? flags_of_last : O_DIRECTORY)));
    begin = end + 1;
  }
  return at;
}

std::int64_t nanoseconds(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

FileStatus status_of(const struct stat& status) {
  return {{status.st_dev, status.st_ino}, static_cast<std::uint64_t>(status.st_size), nanoseconds(status.st_mtim),
          nanoseconds(status.st_ctim)};
}

const char* kind_name(mode_t mode) {
  if (S_ISFIFO(mode)) return "is a named pipe";
  if (S_ISSOCK(mode)) return "is a socket";
  return S_ISCHR(mode) || S_ISBLK(mode) ? "is a device" : "is no file";
}

// `a/b/../c` as `a/c`; nothing if it leads outside.
std::string normal(const std::string& path) {
  std::vector<std::string> steps;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string step = path.substr(begin, end - begin);
    begin = end + 1;
    if (step.empty() || step == ".") continue;
    if (step != "..") steps.push_back(step);
    else if (steps.empty()) return {};
    else steps.pop_back();
  }
  std::string out;
  for (const std::string& step : steps) (out += out.empty() ? "" : "/") += step;
  return out;
}

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/') == std::string::npos ? 0 : path.rfind('/')); }
std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// A folder that was asked for.
struct Root {
  std::string asked, real;  // real: absolute, no links
  Descriptor descriptor;
};

// Where a path stands among the roots.
struct Place {
  const Root* root = nullptr;
  std::string below;
};

class Walker {
 public:
  Walk take(const std::vector<std::string>& asked) {
    std::vector<std::string> files;
    for (const std::string& root : asked) add_root(root, files);
    for (const std::string& root : asked) add_neighbour(root);
    for (const std::string& file : files) add_root_file(file);
    for (std::size_t i = 0; i < walked_; ++i) {
      root_ = roots_[i].get();
      look_around();
      list(roots_[i]->descriptor.number(), "", 0);
    }
    return std::move(walk_);
  }

 private:
  void add_root(const std::string& asked, std::vector<std::string>& files) {
    struct stat status {};
    if (stat(asked.c_str(), &status) != 0) return error(asked, why());
    if (!S_ISDIR(status.st_mode)) return files.push_back(asked);
    open_root(asked);
    walked_ = roots_.size();
  }

  // /var/log/containers holds links to what is in /var/log/pods.
  void add_neighbour(const std::string& asked) {
    const std::unique_ptr<char, decltype(&free)> real(realpath(asked.c_str(), nullptr), free);
    if (!real || name_of(real.get()) != "containers") return;
    const std::string pods = folder_of(real.get()) + "/pods";
    struct stat status {};
    if (stat(pods.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) open_root(pods);
  }

  void open_root(const std::string& asked) {
    const std::unique_ptr<char, decltype(&free)> real(realpath(asked.c_str(), nullptr), free);
    Descriptor opened(open_at(AT_FDCWD, asked.c_str(), O_RDONLY | O_DIRECTORY));
    if (!real || opened.number() < 0) return error(asked, why());
    roots_.push_back(std::make_unique<Root>(Root{asked, real.get(), std::move(opened)}));
  }

  void add_root_file(const std::string& asked) {
    struct stat status {};
    if (stat(asked.c_str(), &status) != 0) return error(asked, why());
    if (!S_ISREG(status.st_mode)) return skip(asked, kind_name(status.st_mode));
    add({asked, "", "", status_of(status)});
  }

  // Docker's folder is known by its containers: folders with a configuration.
  void look_around() {
    const std::string name = name_of(root_->real);
    is_pods_ = name == "pods";
    is_links_ = name == "containers" && folder_of(root_->real).ends_with("/log");
  }

  void list(int folder, const std::string& below, int depth) {
    Descriptor again(open_at(folder, ".", O_RDONLY | O_DIRECTORY));
    DIR* const opened = again.number() < 0 ? nullptr : fdopendir(again.number());
    if (!opened) return error(path_of(below), why());
    again.release();
    const auto close_folder = [](DIR* folder) { closedir(folder); };
    const std::unique_ptr<DIR, decltype(close_folder)> entries(opened, close_folder);
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = readdir(opened)) {
      names.emplace_back(entry->d_name);
      errno = 0;
    }
    if (errno != 0) error(path_of(below), why());
    std::sort(names.begin(), names.end());
    const std::string service = service_of(folder, below, names);
    for (const std::string& name : names)
      if (name != "." && name != "..") look_at(folder, below.empty() ? name : below + "/" + name, name, service, depth);
  }

  void look_at(int folder, const std::string& below, const std::string& name, const std::string& service, int depth) {
    struct stat status {};
    if (fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return error(path_of(below), why());
    if (S_ISREG(status.st_mode)) {
      if (is_wanted(name)) add({root_->asked, below, service, status_of(status)});
    } else if (S_ISDIR(status.st_mode)) {
      if (depth >= kMaxDepth) return skip(path_of(below), "is too deep");
      const Descriptor inner(open_at(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
      if (inner.number() < 0) return error(path_of(below), why());
      list(inner.number(), below, depth + 1);
    } else if (S_ISLNK(status.st_mode)) {
      if (is_wanted(name)) follow(folder, below, name, service);
    } else {
      skip(path_of(below), kind_name(status.st_mode));
    }
  }

  bool is_wanted(const std::string& name) const { return is_log_name(name); }

  // A link to a file below one of the roots stands for that file.
  void follow(int folder, const std::string& below, const std::string& name, const std::string& service) {
    std::string from = root_->real + "/" + below;
    Place place;
    Descriptor at(-1);
    for (int links = 0; links < kMaxLinks; ++links) {
      char target[4096];
      const ssize_t size = links == 0 ? readlinkat(folder, name.c_str(), target, sizeof target)
                                      : readlinkat(at.number(), name_of(place.below).c_str(), target, sizeof target);
      if (size < 0 || size == sizeof target) return error(path_of(below), why());
      const std::string to(target, static_cast<std::size_t>(size));
      from = std::string("/").append(normal(to.starts_with('/') ? to : folder_of(from) + "/" + to));
      place = place_of(from);
      if (!place.root) return skip(path_of(below), "is a link that leads outside");
      at = open_below(place.root->descriptor.number(), folder_of(place.below), O_DIRECTORY);
      struct stat status {};
      if (at.number() < 0 || fstatat(at.number(), name_of(place.below).c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return skip(path_of(below), errno == ENOENT ? "is a link to nothing" : "is a link through others: " + why());
      if (S_ISLNK(status.st_mode)) continue;
      if (!S_ISREG(status.st_mode)) return skip(path_of(below), std::string("is a link to what ") + kind_name(status.st_mode));
      return add({place.root->asked, place.below, service.empty() ? service_of_link(name) : service, status_of(status)});
    }
    skip(path_of(below), "is a link of links");
  }

  Place place_of(const std::string& path) const {
    for (const auto& root : roots_)
      if (path.starts_with(root->real + "/")) return {root.get(), path.substr(root->real.size() + 1)};
    return {};
  }

  // Whose the logs in a folder are.
  std::string service_of(int folder, const std::string& below, const std::vector<std::string>& names) const {
    if (std::binary_search(names.begin(), names.end(), "config.v2.json")) return docker_name(folder);
    const std::size_t slash = below.find('/');
    if (is_pods_ && slash != std::string::npos) return pod_name(below.substr(0, slash), below.substr(slash + 1));
    return {};
  }

  // `<namespace>_<pod>_<uid>` and the container's folder.
  static std::string pod_name(const std::string& pod, const std::string& container) {
    const std::size_t first = pod.find('_'), second = pod.find('_', first + 1);
    if (first == std::string::npos || second == std::string::npos) return {};
    return pod.substr(0, first) + "/" + pod.substr(first + 1, second - first - 1) + "/" + container.substr(0, container.find('/'));
  }

  // `<pod>_<namespace>_<container>-<id>.log`.
  std::string service_of_link(const std::string& name) const {
    const std::size_t first = name.find('_'), second = name.find('_', first + 1), dash = name.rfind('-');
    if (!is_links_ || first == std::string::npos || second == std::string::npos || dash == std::string::npos || dash < second) return {};
    return name.substr(first + 1, second - first - 1) + "/" + name.substr(0, first) + "/" + name.substr(second + 1, dash - second - 1);
  }

  // The name in a container's configuration, as `docker ps` shows it.
  static std::string docker_name(int folder) {
    const Descriptor config(open_at(folder, "config.v2.json", O_RDONLY | O_NOFOLLOW));
    struct stat status {};
    if (config.number() < 0 || fstat(config.number(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > kMaxConfigBytes)
      return {};
    std::string text(static_cast<std::size_t>(status.st_size), '\0');
    if (pread(config.number(), text.data(), text.size(), 0) != status.st_size) return {};
    JsonReader reader;
    FlatJson flat;
    if (!reader.parse(text)) return {};
    reader.flatten(flat);
    const std::string* name = flat.find("Name");
    return name ? name->substr(name->starts_with('/') ? 1 : 0) : std::string();
  }

  void add(FoundFile file) {
    if (seen_.insert(file.status.id).second) walk_.files.push_back(std::move(file));
  }
  void skip(std::string name, std::string reason) { walk_.skipped.push_back({std::move(name), std::move(reason)}); }
  void error(std::string name, std::string reason) { walk_.errors.push_back({std::move(name), std::move(reason)}); }
  std::string path_of(const std::string& below) const { return FoundFile{root_->asked, below, "", {}}.path(); }

  Walk walk_;
  std::vector<std::unique_ptr<Root>> roots_;
  std::size_t walked_ = 0;  // the first so many roots; those behind are for links only
  const Root* root_ = nullptr;
  bool is_pods_ = false, is_links_ = false;
  std::set<FileId> seen_;
};

}  // namespace

Walk walk(const std::vector<std::string>& roots) { return Walker().take(roots); }

Result<int, std::string> open_found(const FoundFile& file) {
  const bool is_root = file.below.empty();
  const Descriptor root(open_at(AT_FDCWD, file.root.c_str(), is_root ? O_RDONLY : O_RDONLY | O_DIRECTORY));
  if (root.number() < 0) return Unexpected{why()};
  Descriptor opened = is_root ? Descriptor(fcntl(root.number(), F_DUPFD_CLOEXEC, 0)) : open_below(root.number(), file.below, 0);
  struct stat status {};
  if (opened.number() < 0 || fstat(opened.number(), &status) != 0) return Unexpected{why()};
  if (!S_ISREG(status.st_mode) || status_of(status).id != file.status.id)
    return Unexpected{std::string("another file took its place")};
  return opened.release();
}

}  // namespace logfix
