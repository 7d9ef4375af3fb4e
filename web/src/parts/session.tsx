// Who is signed in, for pages that show or need it.
import { createContext, useContext } from "react";
import type { Session } from "../lib/shapes";

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("this page needs somebody signed in");
  return session;
}

/** What SES falls back to: the service's domain, in regions but the first below its own name. */
export function defaultMailFrom(session: Session): string {
  return session.region === "us-east-1" ? session.service_domain : `${session.region}.${session.service_domain}`;
}
