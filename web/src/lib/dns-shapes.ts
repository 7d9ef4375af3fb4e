// The answers of the API about DNS providers and publishing (docs/publishing.md).
import { flag, list, nullable, number, object, oneOf, optional, record, text, type Of } from "./shape";

const field = object({
  name: text,
  label: text,
  description: nullable(text),
  required: flag,
  secret: flag,
  default: nullable(text),
  choices: nullable(list(text)),
  example: nullable(text),
});
export type ConnectionField = Of<typeof field>;
const providerKind = object({ kind: text, name: text, atomic: flag, provider_names: list(text), fields: list(field) });
export type ProviderKind = Of<typeof providerKind>;
export const providerKinds = object({
  kinds: list(providerKind),
  delegation: object({ offered: flag, name_server: nullable(text) }),
});
export type ProviderKinds = Of<typeof providerKinds>;

export const connection = object({
  id: text,
  kind: text,
  label: text,
  zone: text,
  settings: record(nullable(text)),
  secrets: list(text),
  created: text,
  updated: text,
});
export type Connection = Of<typeof connection>;
export const connectionList = object({ connections: list(connection) });
export const tested = object({ ok: flag, zone: optional(text), serial: optional(nullable(number)), message: optional(text) });

const set = nullable(object({ ttl: number, values: list(text) }));
const change = { name: text, host: text, type: text, action: oneOf("create", "update", "delete"), before: set, after: set };
const changeShape = object(change);
export type DnsChange = Of<typeof changeShape>;
const conflict = object({
  name: text,
  host: text,
  type: text,
  reason: text,
  found: list(text),
  wanted: list(text),
  explanation: text,
  replaceable: flag,
  accepted: flag,
});
export type Conflict = Of<typeof conflict>;
export const preview = object({
  zone: text,
  changes: list(changeShape),
  unchanged: list(object({ name: text, host: text, type: text, values: list(text) })),
  conflicts: list(conflict),
  seen: text,
});
export type Preview = Of<typeof preview>;

export const publication = object({
  id: text,
  connection: object({ id: text, label: text, zone: text, deleted: flag }),
  status: text,
  at: text,
  by: text,
  changes: list(changeShape),
  undone: nullable(object({ at: text, by: text })),
  can_undo: flag,
});
export type Publication = Of<typeof publication>;
export const published = object({ publication });
export const publicationList = object({ publications: list(publication) });

/** What a ConflictException says beside its message. */
export const conflictDetails = object({
  reason: text,
  changed: optional(list(object({ name: text, type: text, expected: list(text), found: list(text) }))),
});

export const domainConnect = object({
  offered: flag,
  provider: nullable(object({ display_name: text })),
  template_supported: flag,
  apply_url: nullable(text),
  problem: nullable(text),
});
