// dns_providers/xml_reader.h: the XML that Route 53 answers, as a tree. Pure.
//
// Source: XML 1.0 as far as an answer of a web service needs it: elements, character data, the five named and all
// numeric character references, comments, processing instructions. Attributes are checked and dropped; document types
// and CDATA are refused. Bounds: max_xml_depth, max_xml_elements; linear in the octets.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sesame::dns_providers {

inline constexpr std::size_t max_xml_depth = 16;
inline constexpr std::size_t max_xml_elements = 50'000;

struct XmlElement {
  std::string name;
  std::string text;  // all character data directly inside, joined
  std::vector<XmlElement> children;

  const XmlElement* child(std::string_view name) const;  // the first; nullptr: none
  std::string text_of(std::string_view name) const;      // of that child, without blanks around it; "" if there is none
};

// The root element. nullopt: not well-formed, or beyond the bounds.
std::optional<XmlElement> read_xml(std::string_view text);

// Character data with markup escaped.
std::string xml_text(std::string_view text);

}  // namespace sesame::dns_providers
