// An address as it is typed; whether it really is one is the server's to say.

/** True for "ann@example.com" and "Ann <ann@example.com>". */
export function looksLikeAddress(typed: string): boolean {
  const inBrackets = /<([^<>]*)>\s*$/.exec(typed);
  const address = (inBrackets ? inBrackets[1] : typed)?.trim() ?? "";
  return /^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+$/.test(address);
}
