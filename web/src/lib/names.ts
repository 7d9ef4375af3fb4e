// Domain names as people type them and as the service takes them. Pure functions; the server checks again.
//
// RFC 1035 §2.3.4 (lengths), RFC 5891 (names beyond ASCII, which the browser's URL parser turns into A-labels).

/** Lower case, without a dot at the end; names beyond ASCII become A-labels. What cannot be converted stays as it is. */
export function canonicalName(typed: string): string {
  const name = typed.trim().replace(/\.$/, "").toLowerCase();
  if (/^[\x20-\x7e]*$/.test(name)) return name;
  try {
    return new URL(`http://${name}/`).hostname;
  } catch {
    return name;
  }
}

export type NameProblem =
  | "empty"
  | "url"
  | "address"
  | "too_long"
  | "empty_label"
  | "label_too_long"
  | "bad_character"
  | "hyphen"
  | "no_dot"
  | "ip";

/** What is wrong with one label of a host name; null if nothing is. */
export function labelProblem(label: string): NameProblem | null {
  if (label === "") return "empty_label";
  if (label.length > 63) return "label_too_long";
  if (!/^[a-z0-9-]+$/.test(label)) return "bad_character";
  if (label.startsWith("-") || label.endsWith("-")) return "hyphen";
  return null;
}

/** What is wrong with a domain somebody wants to verify; null if nothing is. */
export function domainProblem(typed: string): NameProblem | null {
  const text = typed.trim();
  if (text === "") return "empty";
  if (text.includes("://") || text.includes("/")) return "url";
  if (text.includes("@")) return "address";
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return "ip";
  const name = canonicalName(text);
  if (name.length > 253) return "too_long";
  const labels = name.split(".");
  for (const label of labels) {
    const problem = labelProblem(label);
    if (problem) return problem;
  }
  return labels.length < 2 ? "no_dot" : null;
}

/** `name` below `zone` as providers that append the zone want it: "@" for the zone itself. */
export function relativeName(name: string, zone: string): string {
  if (name === zone) return "@";
  return name.endsWith(`.${zone}`) ? name.slice(0, -zone.length - 1) : `${name}.`;
}

/** The part of an identity behind the "@" of an address. */
export function domainOf(identity: string): string {
  return identity.slice(identity.lastIndexOf("@") + 1).toLowerCase();
}

/** Whether it is the whole URL of a web server; the service checks again, and where it leads. */
export function isWebUrl(typed: string): boolean {
  try {
    return ["http:", "https:"].includes(new URL(typed.trim()).protocol);
  } catch {
    return false;
  }
}
