// Times for people: in their language and zone.
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** `rfc3339` as a person reads it; "–" for nothing. */
export function showTime(rfc3339: string | null | undefined): string {
  if (!rfc3339) return "–";
  const time = new Date(rfc3339);
  return Number.isNaN(time.getTime()) ? rfc3339 : full.format(time);
}
