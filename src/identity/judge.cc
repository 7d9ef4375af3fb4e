#include "identity/judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "dns/name.h"
#include "identity/advice.h"

namespace sesame::identity {
namespace {

using dns::ServerStatus;
using store::LookError;

struct Count {
  std::size_t asked = 0, right = 0, wrong = 0, no_data = 0, nxdomain = 0;
  std::size_t answered() const { return right + wrong + no_data + nxdomain; }
};

Count count(const Reply& reply, const IsRight& is_right) {
  Count tally;
  tally.asked = reply.servers.size();
  for (const dns::ServerLook& server : reply.servers) {
    switch (server.answer.status) {
      case ServerStatus::found: ++(is_right(server.answer.records) ? tally.right : tally.wrong); break;
      case ServerStatus::no_data: ++tally.no_data; break;
      case ServerStatus::nxdomain: ++tally.nxdomain; break;
      case ServerStatus::referral:
      case ServerStatus::servfail:
      case ServerStatus::refused:
      case ServerStatus::lame:
      case ServerStatus::timeout: break;
    }
  }
  const bool no_zone = reply.no_servers && (reply.no_servers->status == dns::AnswerStatus::nxdomain ||
                                            reply.no_servers->status == dns::AnswerStatus::no_data);
  if (no_zone) {
    ++tally.asked;
    ++tally.nxdomain;
  }
  return tally;
}

Observed quorum(const Count& tally) {
  if (tally.answered() == 0) return {Finding::unknown, LookError::dns_server_error};
  if (tally.right * 2 > tally.answered()) return {Finding::right, LookError::none};
  const LookError error = tally.wrong > 0     ? LookError::invalid_value
                          : tally.no_data > 0 ? LookError::type_not_found
                                              : LookError::host_not_found;
  if ((tally.answered() - tally.right) * 2 > tally.asked) return {Finding::wrong, error};
  return {Finding::unknown, tally.answered() < tally.asked ? LookError::dns_server_error : error};
}

RecordStatus status_of(const Count& tally) {
  if (tally.answered() == 0) return RecordStatus::unknown;
  if (tally.right == tally.answered()) return RecordStatus::good;
  if (tally.right > 0) return RecordStatus::partial;
  return tally.wrong > 0 ? RecordStatus::wrong : RecordStatus::missing;
}

void add_once(std::vector<std::string>& texts, const std::string& text) {
  if (std::ranges::find(texts, text) == texts.end()) texts.push_back(text);
}

ServerFinding finding_of(const dns::ServerLook& server, const IsRight& is_right) {
  ServerFinding finding{server.server, "", server.answer.status, {}, false};
  finding.right = server.answer.status == ServerStatus::found && is_right(server.answer.records);
  if (!server.address.address.is_unspecified()) finding.address = net::to_string(server.address);
  if (server.answer.records.empty() && server.answer.cname) {
    finding.found.push_back(fmt::format("CNAME {}", shown(dns::Cname{*server.answer.cname})));
  }
  for (const dns::Record& record : server.answer.records) {
    if (finding.found.size() == max_shown_records) break;
    finding.found.push_back(shown(record.data));
  }
  return finding;
}

const std::string* text_of_mx(const dns::RecordData& data) {
  const auto* mx = std::get_if<dns::Mx>(&data);
  return mx ? &mx->exchange : nullptr;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c < ' ' || c > '~') {
      out += fmt::format("\\{:03}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace

Judged judge_record(RecordPurpose purpose, const Reply& reply, std::string expected, const IsRight& is_right) {
  const Count tally = count(reply, is_right);
  Judged judged;
  judged.observed = quorum(tally);
  RecordFinding& record = judged.record;
  record.purpose = purpose;
  record.name = reply.name;
  record.type = reply.type;
  record.expected = std::move(expected);
  record.status = status_of(tally);
  for (const dns::ServerLook& server : reply.servers) {
    record.servers.push_back(finding_of(server, is_right));
    for (const std::string& text : record.servers.back().found) add_once(record.found, text);
  }
  return judged;
}

Judged judge_mail_from_mx(const Reply& reply, const ServiceNames& names) {
  return judge_record(RecordPurpose::mail_from_mx, reply, fmt::format("10 {}", names.feedback_host()),
                      [&](const std::vector<dns::Record>& records) {
                        const std::string* exchange = records.size() == 1 ? text_of_mx(records.front().data) : nullptr;
                        return exchange && names.is_feedback_host(*exchange);
                      });
}

Judged judge_mail_from_spf(const Reply& reply, const ServiceNames& names) {
  return judge_record(RecordPurpose::mail_from_spf, reply, quoted(names.spf_record()),
                      [&](const std::vector<dns::Record>& records) { return spf_trouble(records, names).empty(); });
}

Judged judge_dkim_cname(const Reply& reply, const std::string& target) {
  return judge_record(RecordPurpose::dkim, reply, target, [&](const std::vector<dns::Record>& records) {
    const auto* cname = records.size() == 1 ? std::get_if<dns::Cname>(&records.front().data) : nullptr;
    return cname && dns::equal(cname->target, target);
  });
}

Judged judge_dkim_key(const Reply& reply, const std::string& public_key) {
  return judge_record(RecordPurpose::dkim, reply, fmt::format("\"v=DKIM1; k=rsa; p={}\"", public_key),
                      [&](const std::vector<dns::Record>& records) {
                        const auto* txt = records.size() == 1 ? std::get_if<dns::Txt>(&records.front().data) : nullptr;
                        return txt && !public_key.empty() && public_key_of(txt->joined()) == public_key;
                      });
}

Judged judge_txt_token(const Reply& reply, const std::string& token) {
  return judge_record(RecordPurpose::verification, reply, quoted(token), [&](const std::vector<dns::Record>& records) {
    return std::ranges::any_of(records, [&](const dns::Record& record) {
      const auto* txt = std::get_if<dns::Txt>(&record.data);
      if (!txt) return false;
      const std::string text = txt->joined();
      return text == token || text == "amazonses:" + token;
    });
  });
}

std::optional<RecordFinding> delegation_of(const Reply& mx_reply, const ServiceNames& names) {
  RecordFinding record;
  record.purpose = RecordPurpose::mail_from_delegation;
  record.name = mx_reply.name;
  record.type = dns::RecordType::ns;
  record.expected = names.name_server();
  for (const dns::ServerLook& server : mx_reply.servers) add_once(record.found, dns::canonical(server.server));
  if (std::ranges::find(record.found, names.name_server()) == record.found.end()) return std::nullopt;
  record.status = RecordStatus::good;
  return record;
}

Observed all_of(const std::vector<Observed>& parts) {
  Observed all{Finding::right, LookError::none};
  for (const Observed& part : parts) {
    if (part.finding == Finding::wrong) return part;
    if (part.finding == Finding::unknown) all = part;
  }
  return all;
}

Observed any_of(const std::vector<Observed>& parts) {
  Observed any{Finding::unknown, LookError::service_error};
  bool all_wrong = !parts.empty();
  for (const Observed& part : parts) {
    if (part.finding == Finding::right) return part;
    if (part.finding == Finding::unknown) {
      all_wrong = false;
      any = part;
    }
  }
  return all_wrong ? parts.front() : any;
}

std::string shown(const dns::RecordData& data) {
  const auto bounded = [](std::string text) {
    if (text.size() > max_shown_characters) text = text.substr(0, max_shown_characters) + "...";
    return text;
  };
  if (const auto* mx = std::get_if<dns::Mx>(&data)) {
    return bounded(fmt::format("{} {}", mx->preference, mx->exchange.empty() ? "." : mx->exchange));
  }
  if (const auto* txt = std::get_if<dns::Txt>(&data)) return bounded(quoted(txt->joined()));
  std::string text = dns::presentation(data);
  if (text.size() > 1 && text.ends_with('.')) text.pop_back();
  return bounded(std::move(text));
}

std::vector<dns::RecordData> all_records(const Reply& reply) {
  std::vector<dns::RecordData> records;
  for (const dns::ServerLook& server : reply.servers) {
    for (const dns::Record& record : server.answer.records) {
      if (std::ranges::find(records, record.data) == records.end()) records.push_back(record.data);
    }
  }
  return records;
}

std::optional<std::string> alias_at(const Reply& reply) {
  for (const dns::ServerLook& server : reply.servers) {
    if (server.answer.cname) return server.answer.cname;
  }
  return std::nullopt;
}

Reply with_alias_followed(Reply reply, const Reply& target) {
  const auto is_alias = [&](const dns::ServerLook& look) {
    return look.answer.records.empty() && look.answer.cname && dns::equal(*look.answer.cname, target.name);
  };
  const auto is_absent = [](const dns::ServerLook& look) {
    return look.answer.status == ServerStatus::no_data || look.answer.status == ServerStatus::nxdomain;
  };
  if (target.no_servers && (target.no_servers->status == dns::AnswerStatus::nxdomain ||
                            target.no_servers->status == dns::AnswerStatus::no_data)) {
    return reply;
  }
  if (!target.servers.empty() && std::ranges::all_of(target.servers, is_absent)) return reply;
  std::vector<dns::ServerLook> servers;
  for (dns::ServerLook& look : reply.servers) {
    if (!is_alias(look)) servers.push_back(std::move(look));
  }
  std::ranges::copy(target.servers, std::back_inserter(servers));
  reply.servers = std::move(servers);
  if (reply.servers.empty()) reply.no_servers = target.no_servers;
  return reply;
}

std::optional<std::string> public_key_of(std::string_view key_record) {
  for (const std::string_view tag : split(key_record, ';')) {
    const std::size_t equals = tag.find('=');
    if (equals == std::string_view::npos || trim(tag.substr(0, equals)) != "p") continue;
    std::string value(tag.substr(equals + 1));
    std::erase_if(value, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    return value;
  }
  return std::nullopt;
}

}  // namespace sesame::identity
