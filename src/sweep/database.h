// SQLite, as far as the state of sweeps needs it. The only file that includes it.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace logfix {

/// What SQLite could not do. Does not leave state.cpp.
struct DatabaseFailure : std::runtime_error {
  DatabaseFailure(int code, const std::string& text) : std::runtime_error(text), code(code) {}
  int code;  ///< SQLite's primary result code
};

/// A row's worth of SQL. Text and bytes that are bound must live until run() or next() returns.
class Statement {
 public:
  Statement(sqlite3* database, std::string_view sql);

  template <typename... Values>
  Statement& bind(const Values&... values) {
    sqlite3_reset(statement_.get());
    int at = 0;
    (bind_one(++at, values), ...);
    return *this;
  }
  /// False behind the last row.
  bool next();
  void run() {
    while (next()) {
    }
    sqlite3_reset(statement_.get());
  }

  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  std::uint64_t count(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  bool is_null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }
  std::string text(int column) const;

 private:
  void check(int code) const;
  template <typename Value>
  void bind_one(int at, const Value& value) {
    if constexpr (std::is_convertible_v<Value, std::string_view>) {
      const std::string_view text = value;
      check(sqlite3_bind_text(statement_.get(), at, text.data() ? text.data() : "", static_cast<int>(text.size()), SQLITE_STATIC));
    } else if constexpr (std::is_integral_v<Value>) {
      check(sqlite3_bind_int64(statement_.get(), at, static_cast<sqlite3_int64>(value)));
    } else if constexpr (std::is_same_v<Value, std::optional<std::int64_t>>) {
      check(value ? sqlite3_bind_int64(statement_.get(), at, *value) : sqlite3_bind_null(statement_.get(), at));
    } else {
      const std::span<const std::uint8_t> bytes = value;
      check(sqlite3_bind_blob(statement_.get(), at, bytes.data(), static_cast<int>(bytes.size()), SQLITE_STATIC));
    }
  }

  sqlite3* database_;
  std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement_{nullptr, sqlite3_finalize};
};

/// A transaction that is undone unless it is committed.
class Transaction {
 public:
  explicit Transaction(sqlite3* database) : database_(database) { Statement(database, "BEGIN IMMEDIATE").run(); }
  ~Transaction() {
    if (database_) sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
  }
  Transaction(const Transaction&) = delete;
  void commit() {
    Statement(database_, "COMMIT").run();
    database_ = nullptr;
  }

 private:
  sqlite3* database_;
};

}  // namespace logfix
