// Words of what changed, and of what has been lost.
export const alarms = {
  title: (count: string, one: boolean) => `${count} ${one ? "identity has" : "identities have"} lost DNS records`,
  detail: "They were confirmed before and are not now. Messages from them may be refused, or leave with another MAIL FROM domain. Put the records back:",
  more: "and more",
  dkimTitle: (domain: string) => `The DKIM records of ${domain} are no longer there`,
  dkimDetail:
    "They were found before. Receivers cannot check signatures without them; after 72 hours the domain counts as not verified and mail from it is refused. The records are below.",
};

export const history = {
  title: "What changed",
  description: "Changes of state, and of records as the name servers gave them. The newest 200 are kept.",
  when: "When",
  what: "What",
  detail: "Records",
  table: "What changed, newest first",
  more: "Show older ones",
  empty: "Nothing has changed yet",
  subject: { verification: "Domain", dkim: "DKIM", mail_from: "MAIL FROM domain" } as Record<string, string>,
  registered: "Registered",
  recordsChanged: "The records changed",
  status: (before: string, after: string) => `${before} → ${after}`,
  mailFromSet: (domain: string) => `Set to ${domain}`,
  mailFromRemoved: (domain: string) => `Removed; it was ${domain}`,
  mailFromChanged: (before: string, after: string) => `Changed from ${before} to ${after}`,
  behavior: { use_default: "If the MX record is not found: use the service's domain", reject: "If the MX record is not found: reject the message" } as Record<
    string,
    string
  >,
  dkimSetUp: "Set up",
  dkimOff: "No longer set up",
  newKeys: "New keys",
  signingOn: "Signing switched on",
  signingOff: "Signing switched off",
  wanted: "wanted",
  nothing: "nothing",
};
