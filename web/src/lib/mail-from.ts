// The rules for a MAIL FROM domain, checked while it is typed (docs/mail-from.md). Pure functions.
import { canonicalName, labelProblem, type NameProblem } from "./names";

export type MailFromProblem = NameProblem | "parent_repeated" | "below_parent_only";

/** The whole name of what was typed before the fixed ".<parent>". */
export function mailFromName(typed: string, parent: string): string {
  return `${canonicalName(typed)}.${parent}`;
}

/**
 * What is wrong with the label (or labels) typed before ".<parent>"; null if nothing is. "parent_repeated": the parent
 * was typed as well, and the zone would be doubled.
 */
export function mailFromProblem(typed: string, parent: string): MailFromProblem | null {
  const text = typed.trim();
  if (text === "") return "empty";
  if (text.includes("@")) return "address";
  if (text.includes("/")) return "url";
  const name = canonicalName(text);
  if (name === parent) return "below_parent_only";
  if (name.endsWith(`.${parent}`)) return "parent_repeated";
  for (const label of name.split(".")) {
    const problem = labelProblem(label);
    if (problem) return problem;
  }
  return mailFromName(text, parent).length > 253 ? "too_long" : null;
}

/** The label part of a MAIL FROM domain that is set already. */
export function mailFromLabel(domain: string, parent: string): string {
  return domain.endsWith(`.${parent}`) ? domain.slice(0, -parent.length - 1) : domain;
}
