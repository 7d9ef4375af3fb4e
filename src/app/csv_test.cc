#include "app/csv.h"

#include <gtest/gtest.h>

namespace sesame::app {
namespace {

using Fields = std::vector<std::string>;

std::vector<CsvRecord> read(std::string_view text) {
  CsvReader reader(text);
  std::vector<CsvRecord> records;
  for (;;) {
    auto record = reader.next();
    EXPECT_TRUE(record) << record.error().what;
    if (!record || !*record) return records;
    records.push_back(std::move(**record));
  }
}

CsvError error_of(std::string_view text) {
  CsvReader reader(text);
  for (;;) {
    const auto record = reader.next();
    if (!record) {
      const auto after = reader.next();
      EXPECT_TRUE(after && !*after) << "reading ends with an error";
      return record.error();
    }
    if (!*record) return {};
  }
}

TEST(CsvReader, RecordsAreReadWithEitherLineEnd) {
  const auto records = read("a,b\r\nc,\n,d");
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].fields, (Fields{"a", "b"}));
  EXPECT_EQ(records[1].fields, (Fields{"c", ""}));
  EXPECT_EQ(records[2].fields, (Fields{"", "d"}));
  EXPECT_EQ(records[2].line, 3u);
}

TEST(CsvReader, QuotedFieldsHoldAnything) {
  const auto records = read("\"a,\"\"b\"\"\",\"two\r\nlines\"\nnext\n");
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].fields, (Fields{"a,\"b\"", "two\r\nlines"}));
  EXPECT_EQ(records[1].line, 3u);
}

TEST(CsvReader, EmptyLinesAreNoRecords) {
  EXPECT_TRUE(read("").empty());
  EXPECT_TRUE(read("\n\r\n\n").empty());
  const auto records = read("\n\na\n\nb");
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].line, 3u);
  EXPECT_EQ(records[1].line, 5u);
}

TEST(CsvReader, ErrorsNameTheLine) {
  EXPECT_EQ(error_of("a\nb,\"c\nd").line, 2u);
  EXPECT_EQ(error_of("a\nb,\"c\nd").what, "a quote is not closed");
  EXPECT_EQ(error_of("\"a\"b").what, "text follows a closing quote");
  EXPECT_EQ(error_of("a\"b").what, "a quote in the middle of a field");
  EXPECT_EQ(error_of("a\rb").what, "a CR without LF");
}

TEST(CsvReader, RecordsAreBounded) {
  EXPECT_EQ(error_of(std::string(max_csv_fields, ',')).what, "the record has too many fields");
  EXPECT_EQ(error_of(std::string(max_csv_record_octets + 1, 'a')).what, "the record is too long");
  EXPECT_EQ(error_of("\"" + std::string(max_csv_record_octets + 1, 'a') + "\"").what, "the record is too long");
  EXPECT_EQ(read(std::string(max_csv_record_octets, 'a')).size(), 1u);
}

TEST(CsvLine, WhatIsWrittenIsReadBack) {
  for (const Fields& fields : {Fields{"a", "b"}, Fields{"", ""}, Fields{"a,b", "\"", "x\r\ny", " z"}}) {
    const auto records = read(csv_line(fields));
    ASSERT_EQ(records.size(), 1u);
    EXPECT_EQ(records[0].fields, fields);
  }
  EXPECT_EQ(csv_line({"plain", "with \"quotes\""}), "plain,\"with \"\"quotes\"\"\"\r\n");
}

}  // namespace
}  // namespace sesame::app
