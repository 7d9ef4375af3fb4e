// Leaving a contact list by mail, through the door.
#include "feedback/unsubscribe_mail.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "feedback/testing/door_house.h"
#include "store/testing/passing_queue.h"

namespace sesame::feedback {
namespace {

constexpr const char* account = "111122223333";
const smtp::ReversePath bob = smtp::Mailbox{"bob", "example.net"};

class UnsubscribeTest : public DoorTest {
 protected:
  UnsubscribeTest() {
    EXPECT_TRUE(net::run_task(contacts.create_list({.account_id = account, .name = "news"})));
    store::Contact contact;
    contact.account_id = account;
    contact.list = "news";
    contact.address = "bob@example.net";
    EXPECT_TRUE(net::run_task(contacts.create_contact(std::move(contact))));
    door = std::make_unique<Door>(
        DoorDeps{*temp.stores.control, *temp.stores.queue, *ids, feed, notices, kept, clock, random, pool.executor(),
                 net::TlsContext::server_self_signed("feedback.svc.example"), UnsubscribeMail(tracking, subscriptions)},
        DoorOptions{.host_name = "feedback.svc.example", .service_domains = {"svc.example"}});
  }

  // To the list, as the pipeline records it: the id.
  std::string sent_to_list() {
    store::NewMessage message;
    message.api_message_id = ids->mint();
    message.account_id = account;
    message.envelope = {message.api_message_id + "@svc.example", {"bob@example.net"}};
    message.content = "x";
    message.accepted = clock.now();
    message.expires = clock.now() + std::chrono::hours(14);
    campaign::Tracked wanted;
    wanted.unsubscribe = campaign::UnsubscribeLink{account, "news", std::nullopt, "bob@example.net"};
    message.header_section = tracking.track("To: bob@example.net\r\n\r\nx\r\n", message.api_message_id, wanted);
    std::string id = message.api_message_id;
    EXPECT_TRUE(net::run_task(temp.stores.queue->enqueue(std::move(message), {})));
    return id;
  }
  bool is_unsubscribed() {
    const auto found = net::run_task(contacts.find_contact(account, "news", "bob@example.net"));
    return found && found->contact.unsubscribe_all;
  }
  smtp::Reply ask(const std::string& path, const smtp::ReversePath& from = bob) {
    return deliver_to_all({path}, "From: bob@example.net\r\nSubject: unsubscribe\r\n\r\n", from);
  }

  campaign::ContactLists contacts{*temp.stores.contacts, clock};
  campaign::Subscriptions subscriptions{contacts, *temp.stores.queue, feed, clock};
  campaign::Tracking tracking{campaign::LinkTokens(Secret("key")), "https://mail.svc.example", "svc.example"};
};

TEST_F(UnsubscribeTest, WhoeverWasWrittenToLeavesAndThatIsToldOnce) {
  const std::string id = sent_to_list();
  EXPECT_EQ(ask("u-" + id + "@svc.example").code, 250);
  EXPECT_TRUE(is_unsubscribed());
  EXPECT_EQ(ask(ascii_upper("u-" + id) + "@SVC.example").code, 250) << "again, as some host spells it";
  const auto told = events(id);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].kind, store::EventKind::subscription);
  EXPECT_EQ(told[0].recipient, "bob@example.net");
  EXPECT_EQ(detail(told[0], "source"), "UnsubscribeHeader");
  EXPECT_EQ(door->counters().unsubscribed, 2u);
  EXPECT_TRUE(notices.sent.empty());
}

TEST_F(UnsubscribeTest, NobodyLeavesByAnAddressThatIsNotGenuineOrByAReport) {
  const std::string id = sent_to_list();
  std::string forged = id;
  forged[52] = forged[52] == '0' ? '1' : '0';
  const std::string never_sent = ids->mint();
  for (const std::string& path :
       {"u-" + forged + "@svc.example", "u-" + never_sent + "@svc.example", std::string("u-@svc.example"),
        "u-" + id + "@bounce.example.com", "u-" + id + "x@svc.example"}) {
    EXPECT_EQ(ask(path).code, 550) << path;
  }
  EXPECT_EQ(ask("u-" + id + "@svc.example", std::nullopt).code, 550) << "a null sender";
  EXPECT_FALSE(is_unsubscribed());
  EXPECT_EQ(door->counters().refused_forged, 1u);
  clock.advance(std::chrono::hours(46 * 24));
  EXPECT_EQ(ask("u-" + id + "@svc.example").code, 550);
  EXPECT_FALSE(is_unsubscribed());
}

TEST_F(UnsubscribeTest, MailThatWentToNoListHasNothingToLeave) {
  const std::string path = sent({"bob@example.net"});
  EXPECT_EQ(ask("u-" + path.substr(0, path.find('@')) + "@svc.example").code, 250);
  EXPECT_FALSE(is_unsubscribed());
}

TEST_F(UnsubscribeTest, ListThatHasGoneIsLeft) {
  const std::string id = sent_to_list();
  EXPECT_TRUE(net::run_task(contacts.remove_list(account, "news")));
  EXPECT_EQ(ask("u-" + id + "@svc.example").code, 250);
}

TEST_F(UnsubscribeTest, WhereItIsNotOfferedTheAddressIsNobodys) {
  const std::string id = sent_to_list();
  open_door_with_operator();
  EXPECT_EQ(ask("u-" + id + "@svc.example").code, 550);
}

}  // namespace
}  // namespace sesame::feedback
