// sqlite/contact_store.h: contact lists and contacts on control.db.
#pragma once

#include "store/contact_store.h"
#include "store/sqlite/engine.h"

namespace sesame::store::sqlite {

// `engine` is the control store's and must outlive it. No operation may be under way when it is destroyed.
class SqliteContactStore final : public ContactStore {
 public:
  explicit SqliteContactStore(Engine& engine) : engine_(engine) {}

  StoreTask<void> create_contact_list(ContactList made, std::uint64_t most) override;
  StoreTask<void> update_contact_list(ContactList changed) override;
  StoreTask<ContactList> find_contact_list(std::string account_id, std::string name) override;
  StoreTask<void> delete_contact_list(std::string account_id, std::string name) override;
  StoreTask<ContactListPage> list_contact_lists(std::string account_id, std::string after, std::size_t limit) override;

  StoreTask<void> create_contact(Contact made) override;
  StoreTask<ChangedContact> change_contact(ContactChange change) override;
  StoreTask<Contact> find_contact(std::string account_id, std::string list, std::string address) override;
  StoreTask<void> delete_contact(std::string account_id, std::string list, std::string address) override;
  StoreTask<ContactPage> list_contacts(ContactFilter filter) override;

 private:
  Engine& engine_;
};

}  // namespace sesame::store::sqlite
