// The parts of a message the service itself has composed (RFC 2045, 2046), as far as its composer goes: UTF-8, base64 or
// quoted-printable, multiparts. Not for other people's mail. Pure functions.
export interface Composed {
  subject: string;
  text: string | null;
  html: string | null;
}

interface Entity {
  fields: Map<string, string>;
  body: string;
}

function entity(source: string): Entity {
  const end = source.search(/\r?\n\r?\n/);
  const [head, body] = end < 0 ? [source, ""] : [source.slice(0, end), source.slice(end).replace(/^\r?\n\r?\n/, "")];
  const fields = new Map<string, string>();
  for (const line of head.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon > 0) fields.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { fields, body };
}

function utf8(octets: string): string {
  return new TextDecoder().decode(Uint8Array.from(octets, (c) => c.charCodeAt(0) & 0xff));
}

function unbase64(text: string): string {
  try {
    return utf8(atob(text.replace(/\s+/g, "")));
  } catch {
    return text;
  }
}

const quoted = (text: string) => text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));

function decoded({ fields, body }: Entity): string {
  switch (fields.get("content-transfer-encoding")?.toLowerCase()) {
    case "base64":
      return unbase64(body);
    case "quoted-printable":
      return utf8(quoted(body.replace(/=\r?\n/g, "")));
  }
  return body;
}

/** Encoded words (RFC 2047); blanks between two of them are no part of the text. */
function unstructured(value: string): string {
  const joined = value.replace(/(\?=)\s+(?==\?)/g, "$1");
  return joined.replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
    kind.toLowerCase() === "b" ? unbase64(text) : utf8(quoted(text.replaceAll("_", " "))),
  );
}

function collect(part: Entity, found: Composed, depth: number): void {
  const type = part.fields.get("content-type") ?? "text/plain";
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (/^multipart\//i.test(type) && boundary !== undefined && depth < 5) {
    const pieces = `\n${part.body}`.split(new RegExp(`\\r?\\n--${boundary.replace(/[^\w]/g, "\\$&")}`));
    for (const piece of pieces.slice(1)) {
      if (!piece.startsWith("--")) collect(entity(piece.replace(/^[ \t]*\r?\n/, "")), found, depth + 1);
    }
    return;
  }
  if (/^text\/plain/i.test(type)) found.text ??= decoded(part);
  if (/^text\/html/i.test(type)) found.html ??= decoded(part);
}

export function readComposed(source: string): Composed {
  const root = entity(source);
  const found: Composed = { subject: unstructured(root.fields.get("subject") ?? ""), text: null, html: null };
  collect(root, found, 0);
  return found;
}
