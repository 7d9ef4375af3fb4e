// Contact lists and contacts (spec 4.4).
#include "campaign/contact_lists.h"

#include "api/paging.h"
#include "api/ses_v2/api.h"
#include "api/ses_v2/identity_shapes.h"
#include "api/tags.h"

namespace sesame::api {
namespace {

namespace json = boost::json;
using store::SubscriptionStatus;

constexpr std::string_view lists_name = "ListContactLists", contacts_name = "ListContacts";
constexpr EnumWords<SubscriptionStatus, 2> status_words{
    {{"OPT_IN", SubscriptionStatus::opt_in}, {"OPT_OUT", SubscriptionStatus::opt_out}}};

// What `read` finds in a body that is a JSON object.
template <class T>
ApiResult<T> read_body(const std::string& text,
                       void (*read)(const ObjectReader& input, Validation& validation, T& into)) {
  const auto body = parse_body(text);
  if (!body) return std::unexpected(body.error());
  Validation validation;
  T found;
  read(ObjectReader(*body, validation), validation, found);
  if (const auto error = validation.error()) return std::unexpected(*error);
  return found;
}

void read_topics(const ObjectReader& input, store::ContactList& list) {
  for (const ObjectReader& topic : input.objects("Topics")) {
    store::ListTopic read;
    read.name = topic.required_text("TopicName");
    read.display_name = topic.required_text("DisplayName");
    read.description = topic.text("Description").value_or("");
    read.default_status =
        topic.required_one_of("DefaultSubscriptionStatus", status_words).value_or(SubscriptionStatus::opt_in);
    list.topics.push_back(std::move(read));
  }
  list.description = input.text("Description").value_or("");
}

void read_new_list(const ObjectReader& input, Validation& validation, store::ContactList& list) {
  list.name = input.required_text("ContactListName");
  list.tags = read_tags(input, validation);
  read_topics(input, list);
}

void read_list(const ObjectReader& input, Validation&, store::ContactList& list) { read_topics(input, list); }

std::vector<store::TopicPreference> read_preferences(const ObjectReader& input) {
  std::vector<store::TopicPreference> preferences;
  for (const ObjectReader& preference : input.objects("TopicPreferences")) {
    std::string topic = preference.required_text("TopicName");
    const auto status = preference.required_one_of("SubscriptionStatus", status_words);
    preferences.push_back({std::move(topic), status.value_or(SubscriptionStatus::opt_in)});
  }
  return preferences;
}

void read_new_contact(const ObjectReader& input, Validation&, store::Contact& contact) {
  contact.address = input.required_text("EmailAddress");
  contact.preferences = read_preferences(input);
  contact.unsubscribe_all = input.flag("UnsubscribeAll").value_or(false);
  contact.attributes_data = input.text("AttributesData").value_or("");
}

void read_change(const ObjectReader& input, Validation&, store::ContactChange& change) {
  change.preferences = read_preferences(input);
  change.unsubscribe_all = input.flag("UnsubscribeAll");
  change.attributes_data = input.text("AttributesData");
}

struct ContactsRequest {
  store::ContactFilter filter;
  std::optional<std::uint64_t> page_size;
  std::optional<std::string> next_token;
};

void read_contacts(const ObjectReader& input, Validation& validation, ContactsRequest& request) {
  if (const auto filter = input.object("Filter")) {
    request.filter.status = filter->one_of("FilteredStatus", status_words);
    if (const auto topic = filter->object("TopicFilter")) {
      request.filter.topic = topic->text("TopicName");
      request.filter.use_default = topic->flag("UseDefaultIfPreferenceUnavailable").value_or(false);
    }
  }
  if (const auto size = input.number("PageSize")) {
    const bool fits = *size >= 0 && *size <= static_cast<std::int64_t>(max_page_size);
    validation.must(fits, "pageSize", fmt::format("Member must have value between 0 and {}", max_page_size));
    if (fits) request.page_size = static_cast<std::uint64_t>(*size);
  }
  request.next_token = input.text("NextToken");
}

// A list as a page shows it; with everything else by GetContactList.
json::object summary(const store::ContactList& list) {
  return {{"ContactListName", list.name}, {"LastUpdatedTimestamp", epoch_seconds(list.updated)}};
}

json::array preferences_shape(const std::vector<store::TopicPreference>& preferences) {
  json::array shape;
  for (const store::TopicPreference& preference : preferences) {
    shape.push_back(json::object{{"TopicName", preference.topic},
                                 {"SubscriptionStatus", word_of(status_words, preference.status)}});
  }
  return shape;
}

json::object contact_shape(const store::ContactList& list, const store::Contact& contact) {
  std::vector<store::TopicPreference> defaults;
  for (const store::ListTopic& topic : list.topics) defaults.push_back({topic.name, topic.default_status});
  return {{"EmailAddress", contact.address},
          {"TopicPreferences", preferences_shape(contact.preferences)},
          {"TopicDefaultPreferences", preferences_shape(defaults)},
          {"UnsubscribeAll", contact.unsubscribe_all},
          {"LastUpdatedTimestamp", epoch_seconds(contact.updated)}};
}

}  // namespace

net::Task<Outcome> SesV2::create_contact_list(Call call, Arguments) {
  auto list = read_body(call.body, read_new_list);
  if (!list) co_return std::unexpected(list.error());
  list->account_id = call.caller.account_id;
  const auto created = co_await deps_.contacts.create_list(std::move(*list));
  if (!created) co_return std::unexpected(to_api_error(created.error()));
  co_return json::object();
}

net::Task<Outcome> SesV2::get_contact_list(Call call, Arguments arguments) {
  const auto list = co_await deps_.contacts.find_list(call.caller.account_id, arguments[0]);
  if (!list) co_return std::unexpected(to_api_error(list.error()));
  json::array topics;
  for (const store::ListTopic& topic : list->topics) {
    topics.push_back(json::object{{"TopicName", topic.name},
                                  {"DisplayName", topic.display_name},
                                  {"Description", topic.description},
                                  {"DefaultSubscriptionStatus", word_of(status_words, topic.default_status)}});
  }
  json::object shape = summary(*list);
  shape["Topics"] = std::move(topics);
  shape["Description"] = list->description;
  shape["CreatedTimestamp"] = epoch_seconds(list->created);
  shape["Tags"] = tags_shape(list->tags);
  co_return shape;
}

net::Task<Outcome> SesV2::list_contact_lists(Call call, Arguments) {
  const std::string& account = call.caller.account_id;
  const auto asked = read_page_request(call, lists_name);
  if (!asked) co_return std::unexpected(asked.error());
  const auto page = co_await deps_.contacts.lists(account, asked->after, asked->limit);
  if (!page) co_return std::unexpected(to_api_error(page.error()));
  json::array lists;
  for (const store::ContactList& list : page->lists) lists.push_back(summary(list));
  json::object answer{{"ContactLists", std::move(lists)}};
  put_next_token(answer, lists_name, account, page->next_after);
  co_return answer;
}

net::Task<Outcome> SesV2::update_contact_list(Call call, Arguments arguments) {
  auto list = read_body(call.body, read_list);
  if (!list) co_return std::unexpected(list.error());
  list->account_id = call.caller.account_id;
  list->name = arguments[0];
  const auto updated = co_await deps_.contacts.update_list(std::move(*list));
  if (!updated) co_return std::unexpected(to_api_error(updated.error()));
  co_return json::object();
}

net::Task<Outcome> SesV2::delete_contact_list(Call call, Arguments arguments) {
  const auto removed = co_await deps_.contacts.remove_list(call.caller.account_id, arguments[0]);
  if (!removed) co_return std::unexpected(to_api_error(removed.error()));
  co_return json::object();
}

net::Task<Outcome> SesV2::create_contact(Call call, Arguments arguments) {
  auto contact = read_body(call.body, read_new_contact);
  if (!contact) co_return std::unexpected(contact.error());
  contact->account_id = call.caller.account_id;
  contact->list = arguments[0];
  const auto created = co_await deps_.contacts.create_contact(std::move(*contact));
  if (!created) co_return std::unexpected(to_api_error(created.error()));
  co_return json::object();
}

net::Task<Outcome> SesV2::get_contact(Call call, Arguments arguments) {
  const auto known = co_await deps_.contacts.find_contact(call.caller.account_id, arguments[0], arguments[1]);
  if (!known) co_return std::unexpected(to_api_error(known.error()));
  json::object shape = contact_shape(known->list, known->contact);
  shape["ContactListName"] = known->list.name;
  shape["CreatedTimestamp"] = epoch_seconds(known->contact.created);
  if (!known->contact.attributes_data.empty()) shape["AttributesData"] = known->contact.attributes_data;
  co_return shape;
}

net::Task<Outcome> SesV2::list_contacts(Call call, Arguments arguments) {
  auto request = read_body(call.body, read_contacts);
  if (!request) co_return std::unexpected(request.error());
  const std::string& account = call.caller.account_id;
  const auto asked = read_page_request(account, contacts_name, request->page_size, request->next_token);
  if (!asked) co_return std::unexpected(asked.error());
  request->filter.account_id = account;
  request->filter.list = arguments[0];
  request->filter.after = asked->after;
  request->filter.limit = asked->limit;
  const auto known = co_await deps_.contacts.contacts(std::move(request->filter));
  if (!known) co_return std::unexpected(to_api_error(known.error()));
  json::array contacts;
  for (const store::Contact& contact : known->page.contacts) contacts.push_back(contact_shape(known->list, contact));
  json::object answer{{"Contacts", std::move(contacts)}};
  put_next_token(answer, contacts_name, account, known->page.next_after);
  co_return answer;
}

net::Task<Outcome> SesV2::update_contact(Call call, Arguments arguments) {
  auto change = read_body(call.body, read_change);
  if (!change) co_return std::unexpected(change.error());
  change->account_id = call.caller.account_id;
  change->list = arguments[0];
  change->address = arguments[1];
  const auto updated = co_await deps_.contacts.update_contact(std::move(*change));
  if (!updated) co_return std::unexpected(to_api_error(updated.error()));
  co_return json::object();
}

net::Task<Outcome> SesV2::delete_contact(Call call, Arguments arguments) {
  const auto removed = co_await deps_.contacts.remove_contact(call.caller.account_id, arguments[0], arguments[1]);
  if (!removed) co_return std::unexpected(to_api_error(removed.error()));
  co_return json::object();
}

}  // namespace sesame::api
