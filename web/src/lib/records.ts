// The records a customer publishes, written as other tools read them. Pure functions.
//
// A record's value comes as the diagnosis gives it, in the presentation format of RFC 1035 §5.1: "10 host" for MX, one
// or more quoted strings for TXT, names without the dot at the end.
import { relativeName } from "./names";

export interface DnsRecord {
  name: string; // whole, lower case, no dot at the end
  type: string; // MX, TXT, CNAME, NS
  value: string;
}

export interface Exchange {
  preference: number;
  host: string;
}

const ttl = 300;

export function exchange(value: string): Exchange {
  const [preference = "", host = ""] = value.split(/\s+/);
  return { preference: Number(preference), host };
}

/** The text of a TXT record: its strings, unescaped and joined as receivers join them (RFC 7208 §3.3). */
export function textOf(value: string): string {
  const strings = [...value.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1] ?? "");
  const joined = strings.length > 0 ? strings.join("") : value;
  return joined.replace(/\\(\d{3}|.)/g, (_, escaped: string) =>
    escaped.length === 3 ? String.fromCharCode(Number(escaped)) : escaped,
  );
}

/** `text` as quoted strings of at most 255 octets, with quotes and backslashes escaped. */
export function quotedStrings(text: string): string {
  const pieces = text.match(/[\s\S]{1,255}/g) ?? [""];
  return pieces.map((piece) => `"${piece.replace(/[\\"]/g, (c) => `\\${c}`)}"`).join(" ");
}

const dotted = (name: string) => (name.endsWith(".") ? name : `${name}.`);

/** A value as it is typed into a provider's form: the host of an MX, the text of a TXT; `dots`: host names end in one. */
export function typedValue(type: string, value: string, dots: boolean): string {
  if (type === "TXT") return textOf(value);
  const host = type === "MX" ? exchange(value).host : value;
  return dots ? dotted(host) : host;
}

/** One field of a spreadsheet (RFC 4180); what a spreadsheet would take for a formula is made text. */
function csvField(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && text !== "@" ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** RFC 4180, with a header line: name, type, priority, value, ttl. */
export function toCsv(records: DnsRecord[]): string {
  const lines = records.map(({ name, type, value }) => {
    const mx = type === "MX" ? exchange(value) : null;
    const content = mx ? mx.host : type === "TXT" ? textOf(value) : value;
    return [name, type, mx ? String(mx.preference) : "", content, String(ttl)].map(csvField).join(",");
  });
  return ["name,type,priority,value,ttl", ...lines].map((line) => `${line}\r\n`).join("");
}

function presentation({ type, value }: DnsRecord): string {
  if (type === "MX") {
    const { preference, host } = exchange(value);
    return `${preference} ${dotted(host)}`;
  }
  return type === "TXT" ? quotedStrings(textOf(value)) : dotted(value);
}

/** A piece of a zone file (RFC 1035 §5.1), with whole names. */
export function toZoneFile(records: DnsRecord[], zone: string): string {
  const lines = records.map((record) => `${dotted(record.name)} ${ttl} IN ${record.type} ${presentation(record)}\n`);
  return `; Add these lines to the zone ${zone} and raise its serial number.\n${lines.join("")}`;
}

/** A change batch: aws route53 change-resource-record-sets --change-batch file://… */
export function toRoute53(records: DnsRecord[]): string {
  const sets = new Map<string, DnsRecord[]>();
  for (const record of records) {
    const key = `${record.name} ${record.type}`;
    sets.set(key, [...(sets.get(key) ?? []), record]);
  }
  const Changes = [...sets.values()].map((set) => ({
    Action: "UPSERT",
    ResourceRecordSet: {
      Name: dotted(set[0]!.name),
      Type: set[0]!.type,
      TTL: ttl,
      ResourceRecords: set.map((record) => ({ Value: presentation(record) })),
    },
  }));
  return `${JSON.stringify({ Comment: "Records for Sesame", Changes }, null, 2)}\n`;
}

/** A JavaScript string literal that is also safe inside HTML. */
function javascriptString(text: string): string {
  return JSON.stringify(text).replaceAll("<", "\\u003c");
}

/** Lines for the D() of dnsconfig.js. */
export function toDnscontrol(records: DnsRecord[], zone: string): string {
  const lines = records.map((record) => {
    const name = javascriptString(relativeName(record.name, zone));
    const end = `TTL(${ttl})),`;
    if (record.type === "MX") {
      const { preference, host } = exchange(record.value);
      return `  MX(${name}, ${preference}, ${javascriptString(dotted(host))}, ${end}`;
    }
    if (record.type === "TXT") return `  TXT(${name}, ${javascriptString(textOf(record.value))}, ${end}`;
    return `  ${record.type}(${name}, ${javascriptString(dotted(record.value))}, ${end}`;
  });
  return `// Into D(${javascriptString(zone)}, …) of dnsconfig.js:\n${lines.join("\n")}\n`;
}

/** A string of Terraform's language: "${" and "%{" begin templates there. */
function terraformString(text: string): string {
  return JSON.stringify(text).replace(/([$%])\{/g, "$1$1{");
}

function terraformName({ name, type }: DnsRecord, zone: string): string {
  const place = relativeName(name, zone) === "@" ? "apex" : relativeName(name, zone);
  return `sesame_${type.toLowerCase()}_${place.replace(/[^A-Za-z0-9]+/g, "_").replace(/^_+|_+$/g, "")}`;
}

/** Resources of hashicorp/aws, the provider most zones kept in Terraform are of; the zone's id is a variable. */
export function toTerraform(records: DnsRecord[], zone: string): string {
  const blocks = records.map((record) => {
    const value = record.type === "TXT" ? textOf(record.value) : presentation(record);
    return [
      `resource "aws_route53_record" "${terraformName(record, zone)}" {`,
      `  zone_id = var.zone_id`,
      `  name    = ${terraformString(record.name)}`,
      `  type    = "${record.type}"`,
      `  ttl     = ${ttl}`,
      `  records = [${terraformString(value)}]`,
      `}\n`,
    ].join("\n");
  });
  const variable = `variable "zone_id" {\n  description = ${terraformString(`Hosted zone of ${zone}`)}\n  type        = string\n}\n`;
  return [variable, ...blocks].join("\n");
}

export const formats = {
  csv: { extension: "csv", mediaType: "text/csv", write: (records: DnsRecord[], _zone: string) => toCsv(records) },
  zone: { extension: "zone", mediaType: "text/dns", write: toZoneFile },
  terraform: { extension: "tf", mediaType: "text/plain", write: toTerraform },
  dnscontrol: { extension: "js", mediaType: "text/javascript", write: toDnscontrol },
  route53: {
    extension: "json",
    mediaType: "application/json",
    write: (records: DnsRecord[], _zone: string) => toRoute53(records),
  },
} as const;

export type Format = keyof typeof formats;
