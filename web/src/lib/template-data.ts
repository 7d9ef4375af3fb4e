// The data a template is filled with. Pure functions.

/** Whether it can be given to a template. */
export function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** The names in the template's places, as an object to fill in. */
export function sampleData({ Subject, Text, Html }: { Subject: string; Text?: string | undefined; Html?: string | undefined }): string {
  const names = [...`${Subject} ${Text ?? ""} ${Html ?? ""}`.matchAll(/\{\{\{?\s*([A-Za-z_][\w-]*)\s*\}?\}\}/g)].map((match) => match[1] ?? "");
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, ""])), null, 2);
}
