// An entry of an identity's history in words. Pure functions.
import { texts } from "../texts";
import type { HistoryEntry } from "./shapes";

type State = NonNullable<HistoryEntry["before"]>;
export type Tone = "good" | "bad" | "neutral";

function statusWords(subject: string): Record<string, string> {
  if (subject === "mail_from") return texts.status.mailFrom;
  return subject === "dkim" ? texts.status.dkim : texts.status.verification;
}

function statusOf(subject: string, status: string): string {
  return statusWords(subject)[status] ?? status;
}

/** What happened, most important first. */
export function linesOf({ subject, before, after }: HistoryEntry): string[] {
  const copy = texts.history;
  const lines: string[] = [];
  const what: { before: Partial<State>; after: Partial<State> } = { before: before ?? {}, after: after ?? {} };
  const differs = (member: keyof State) => JSON.stringify(what.before[member]) !== JSON.stringify(what.after[member]);
  if (subject === "mail_from") {
    if (!before) lines.push(copy.mailFromSet(what.after.domain ?? ""));
    else if (!after) return [copy.mailFromRemoved(what.before.domain ?? "")];
    else if (differs("domain")) lines.push(copy.mailFromChanged(what.before.domain ?? "", what.after.domain ?? ""));
  }
  if (subject === "verification" && !before) return [copy.registered];
  if (subject === "dkim" && !after) return [copy.dkimOff];
  if (subject === "dkim" && !before) lines.push(copy.dkimSetUp);
  if (before && after) {
    if (differs("status")) lines.push(copy.status(statusOf(subject, before.status), statusOf(subject, after.status)));
    if (subject === "dkim" && differs("selectors")) lines.push(copy.newKeys);
    if (subject === "dkim" && differs("signing_enabled")) lines.push(after.signing_enabled ? copy.signingOn : copy.signingOff);
  }
  if (subject === "mail_from" && differs("behavior")) lines.push(copy.behavior[what.after.behavior ?? ""] ?? what.after.behavior ?? "");
  return lines.length > 0 ? lines : [copy.recordsChanged];
}

export function toneOf({ before, after }: HistoryEntry): Tone {
  const status = after?.status;
  if (before?.status === status) return "neutral";
  if (status === "success") return "good";
  return status === "temporary_failure" || status === "failed" ? "bad" : "neutral";
}
