// Times for people: in their language and zone.
import { texts } from "../texts";

const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** `rfc3339` as a person reads it; "–" for nothing. */
export function showTime(rfc3339: string | null | undefined): string {
  if (!rfc3339) return "–";
  const time = new Date(rfc3339);
  return Number.isNaN(time.getTime()) ? rfc3339 : full.format(time);
}

/** The same of seconds since 1970, which the API of SES gives. */
export function showSeconds(seconds: number): string {
  return full.format(new Date(seconds * 1000));
}

/** How long ago `rfc3339` was at `now`, in its two largest units. */
export function showAge(rfc3339: string, now: Date): string {
  const minutes = Math.floor((now.getTime() - new Date(rfc3339).getTime()) / 60_000);
  const words = texts.dashboard.age;
  if (!(minutes >= 1)) return words.moments;
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  if (days > 0) return hours > 0 ? `${words.days(days)} ${words.hours(hours)}` : words.days(days);
  return hours > 0 ? `${words.hours(hours)} ${words.minutes(minutes % 60)}` : words.minutes(minutes);
}
