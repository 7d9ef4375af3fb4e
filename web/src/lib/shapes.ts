// The answers of the API that the console reads (src/api/README.md, docs/check.md, src/sandbox/inbox_shapes.h).
import { anything, flag, list, nullable, number, object, oneOf, optional, record, text, type Of } from "./shape";

export const signedOut = object({ signed_in: flag, password_set: flag });
export const session = object({
  signed_in: flag,
  csrf_token: text,
  expires: text,
  account_id: text,
  access_key_id: nullable(text),
  region: text,
  service_domain: text,
  sandbox: flag,
});
export type Session = Of<typeof session>;

const verification = oneOf("not_started", "pending", "success", "failed", "temporary_failure");
export type Verification = Of<typeof verification>;

const identityRow = object({
  identity: text,
  kind: oneOf("domain", "email_address"),
  created: text,
  verification,
  dkim: nullable(object({ status: verification, signing_enabled: flag })),
  mail_from: nullable(object({ domain: text, status: verification })),
  dmarc: nullable(object({ policy: nullable(text), problem: nullable(text) })),
});
export type IdentityRow = Of<typeof identityRow>;
export const identityPage = object({ identities: list(identityRow), next_token: nullable(text), total: number });

const status = oneOf("NOT_STARTED", "PENDING", "SUCCESS", "FAILED", "TEMPORARY_FAILURE");
export type Status = Of<typeof status>;
export const emailIdentity = object({
  IdentityType: text,
  VerifiedForSendingStatus: flag,
  FeedbackForwardingStatus: flag,
  DkimAttributes: object({
    SigningEnabled: flag,
    Status: status,
    Tokens: optional(list(text)),
    SigningAttributesOrigin: text,
  }),
  // Without a MAIL FROM domain only the behaviour is there.
  MailFromAttributes: optional(
    object({
      MailFromDomain: optional(text),
      MailFromDomainStatus: optional(status),
      BehaviorOnMxFailure: oneOf("USE_DEFAULT_VALUE", "REJECT_MESSAGE"),
    }),
  ),
  VerificationStatus: status,
});
export type EmailIdentity = Of<typeof emailIdentity>;

const diagnosisRecord = object({
  purpose: text,
  name: text,
  type: text,
  expected: text,
  found: list(text),
  servers: list(object({ name: text, address: text, status: text, found: list(text) })),
  status: text,
  advice: text,
});
export type DiagnosisRecord = Of<typeof diagnosisRecord>;

export const diagnosis = object({
  domain: text,
  mail_from: optional(nullable(object({ domain: text, status: text, problems: list(text) }))),
  records: list(diagnosisRecord),
  seen_at: optional(nullable(text)),
  dmarc: optional(nullable(object({ policy: nullable(text), problem: nullable(text) }))),
  zone: optional(nullable(text)),
  provider: optional(
    object({
      name: nullable(text),
      help_url: nullable(text),
      domain_connect: flag,
      choices: list(
        object({
          name: text,
          help_url: nullable(text),
          // Not in a diagnosis that was kept by an older version.
          txt_help_url: optional(nullable(text)),
          appends_zone: optional(flag),
          wants_trailing_dot: optional(flag),
          proxies: optional(flag),
        }),
      ),
    }),
  ),
  summary: optional(nullable(text)),
  decision: optional(nullable(text)),
  problems: optional(list(object({ topic: text, severity: text, asked: text, found: text, advice: text }))),
});
export type Diagnosis = Of<typeof diagnosis>;
export type ProviderChoice = NonNullable<Diagnosis["provider"]>["choices"][number];

const historyState = nullable(
  object({
    status: text,
    domain: optional(text),
    behavior: optional(text),
    selectors: optional(list(text)),
    signing_enabled: optional(flag),
  }),
);
const historyEntry = object({
  entry: number,
  at: text,
  subject: text,
  before: historyState,
  after: historyState,
  records: list(object({ purpose: text, name: text, type: text, expected: text, before: list(text), after: list(text) })),
});
export type HistoryEntry = Of<typeof historyEntry>;
export const historyPage = object({ entries: list(historyEntry), next_before: nullable(number) });

const result = nullable(text);
export const verdict = object({
  spf: object({ result: text, domain: text, problem: result }),
  dkim: list(object({ result: text, domain: text, selector: text, problem: result })),
  dmarc: object({
    result: text,
    author_domain: nullable(text),
    policy: nullable(text),
    disposition: nullable(text),
    spf_aligned: flag,
    dkim_aligned: flag,
    problem: result,
  }),
  authentication_results: text,
});
export type Verdict = Of<typeof verdict>;

const inboxHead = {
  n: number,
  received_at: text,
  envelope: object({ mail_from: text, rcpt_to: list(text), helo: text, ip: text, tls: nullable(text) }),
  from: text,
  to: text,
  subject: text,
  api_message_id: nullable(text),
  size: number,
  verdict,
};
const inboxSummary = object(inboxHead);
export type InboxSummary = Of<typeof inboxSummary>;
export const inboxPage = object({ messages: list(inboxSummary), last: number });
export const inboxMessage = object({
  ...inboxHead,
  headers: list(object({ name: text, value: text })),
  text: nullable(text),
  html: nullable(text),
  attachments: list(object({ part: number, file_name: text, content_type: text, size: number })),
});
export type InboxMessage = Of<typeof inboxMessage>;

export const recipientStates = [
  "queued",
  "delivered",
  "bounced",
  "expired",
  "suppressed",
  "not_rendered",
  "rejected",
] as const;
const recipientState = oneOf(...recipientStates);
export type RecipientState = Of<typeof recipientState>;
const messageHead = {
  api_message_id: text,
  accepted: text,
  expires: text,
  from: text,
  subject: text,
  identity: text,
  accepted_through: text,
  finished: flag,
};
const messageSummary = object({
  ...messageHead,
  recipients: list(
    object({ address: text, state: recipientState, next_attempt: nullable(text), attempt_count: number }),
  ),
});
export type MessageSummary = Of<typeof messageSummary>;
export const messagePage = object({ messages: list(messageSummary), next_token: nullable(text) });

const attempt = object({
  at: text,
  remote_host: text,
  remote_ip: text,
  tls: text,
  tls_problem: text,
  reply_code: number,
  status: text,
  text,
});
const messageEvent = object({
  sequence: number,
  kind: text,
  at: text,
  recipient: text,
  detail: record(anything),
});
export type MessageEvent = Of<typeof messageEvent>;
export const messageDetail = object({
  ...messageHead,
  envelope: object({ mail_from: text, recipients: list(text) }),
  configuration_set: nullable(text),
  recipients: list(
    object({
      address: text,
      state: recipientState,
      next_attempt: nullable(text),
      attempt_count: number,
      attempts: list(attempt),
    }),
  ),
  events: list(messageEvent),
});
export type MessageDetail = Of<typeof messageDetail>;
export const acted = object({ recipients: number });

export const account = object({
  SendingEnabled: flag,
  SendQuota: object({ Max24HourSend: number, MaxSendRate: number, SentLast24Hours: number }),
  SuppressionAttributes: object({ SuppressedReasons: list(text) }),
});
export type Account = Of<typeof account>;

export const statistics = object({
  points: list(
    object({
      at: text,
      name: text,
      sends: number,
      deliveries: number,
      permanent_bounces: number,
      transient_bounces: number,
      complaints: number,
      rejects: number,
      deferrals: number,
    }),
  ),
  complete: flag,
  since: text,
  queue: object({ recipients: number, messages: number, oldest_accepted: nullable(text) }),
});
export type Statistics = Of<typeof statistics>;

export const suppressed = object({ EmailAddress: text, Reason: text, LastUpdateTime: number });
export type Suppressed = Of<typeof suppressed>;
export const suppressionPage = object({
  SuppressedDestinationSummaries: list(suppressed),
  NextToken: optional(nullable(text)),
});

const credential = object({ access_key_id: text, description: text, created: text });
export const credentials = object({ credentials: list(credential) });
export const newCredential = object({ access_key_id: text, secret_access_key: text, smtp_password: text });
export type NewCredential = Of<typeof newCredential>;

export const sent = object({ MessageId: text });
export const nothing = anything;
