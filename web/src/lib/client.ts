// The API as the console calls it: same origin, the session's cookie, the CSRF token, answers checked on arrival.
//
// Three things that may happen to any call are told to whoever listens, so that pages need not: the session has ended,
// the service cannot be reached, it can be reached again. A page only sees an ApiFailure and keeps what was typed.
import { texts } from "../texts";
import { session, signedOut, type Session } from "./shapes";
import type { Shape } from "./shape";

export class ApiFailure extends Error {
  constructor(
    readonly kind: "refused" | "session_ended" | "unreachable" | "unexpected",
    message: string,
    readonly status = 0,
    readonly type = "",
    /** The members beside the message, of errors that have some. */
    readonly details: unknown = undefined,
  ) {
    super(message);
  }
}

export type Notice = "session_ended" | "unreachable" | "reachable";
type Listener = (notice: Notice) => void;

const listeners = new Set<Listener>();
let csrfToken = "";

export function onNotice(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(notice: Notice) {
  for (const listener of listeners) listener(notice);
}

async function fetchAnswer(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { "X-Sesame-Csrf": csrfToken || "sign-in" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    const answer = await fetch(path, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
      credentials: "same-origin",
      cache: "no-store",
    });
    tell("reachable");
    return answer;
  } catch (problem) {
    if (signal?.aborted) throw problem;
    tell("unreachable");
    throw new ApiFailure("unreachable", texts.errors.unreachable);
  }
}

async function failureOf(answer: Response): Promise<ApiFailure> {
  const type = answer.headers.get("x-amzn-ErrorType") ?? "";
  let body: { message?: string | null } | null = null;
  try {
    body = (await answer.json()) as { message?: string | null } | null;
  } catch {
    // no JSON: a proxy's page, or nothing
  }
  // Without a cookie (signed out in another window) the service asks for a signature.
  if (type === "SessionEndedException" || type === "MissingAuthenticationTokenException") {
    return new ApiFailure("session_ended", texts.errors.sessionEnded, answer.status, type);
  }
  return new ApiFailure("refused", body?.message || texts.errors.status(answer.status), answer.status, type, body);
}

/** One operation. Throws ApiFailure, or the AbortError of `signal`. */
export async function call<T>(
  shape: Shape<T>,
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const answer = await fetchAnswer(method, path, body, signal);
  if (!answer.ok) {
    const failure = await failureOf(answer);
    if (failure.kind === "session_ended") tell("session_ended");
    throw failure;
  }
  const value: unknown = await answer.json().catch(() => undefined);
  const fault = shape.fault(value, "answer");
  if (fault) throw new ApiFailure("unexpected", texts.errors.unexpected(`${method} ${path}`, fault));
  return value as T;
}

export async function textAt(path: string, signal?: AbortSignal): Promise<string> {
  const answer = await fetchAnswer("GET", path, undefined, signal);
  if (!answer.ok) throw await failureOf(answer);
  return answer.text();
}

export interface SignedOut {
  password_set: boolean;
}

function keep(open: Session): Session {
  csrfToken = open.csrf_token;
  return open;
}

export async function currentSession(): Promise<Session | SignedOut> {
  const path = "/console/api/session";
  const answer = await call({ fault: () => null } as Shape<{ signed_in: boolean }>, "GET", path);
  const fault = (answer.signed_in ? session : signedOut).fault(answer, "answer");
  if (fault) throw new ApiFailure("unexpected", texts.errors.unexpected(`GET ${path}`, fault));
  if (answer.signed_in) return keep(answer as Session);
  csrfToken = "";
  return answer as unknown as SignedOut;
}

export type Proof = { password: string } | { access_key_id: string; secret_access_key: string };

export async function signIn(proof: Proof): Promise<Session> {
  return keep(await call(session, "POST", "/console/api/session", proof));
}

export async function setUp(token: string, password: string): Promise<Session> {
  return keep(await call(session, "POST", "/console/api/setup", { token, password }));
}

export async function signOut(): Promise<void> {
  await call({ fault: () => null }, "DELETE", "/console/api/session");
  csrfToken = "";
}

/** Whether the service answers at all; for waiting until it does again. */
export async function isReachable(): Promise<boolean> {
  try {
    await fetch("/healthz", { cache: "no-store" });
    return true;
  } catch {
    return false;
  }
}

/** A path with its elements and query encoded. */
export function path(elements: string[], query: Record<string, string | number | undefined> = {}): string {
  const parameters = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const encoded = parameters.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join("&");
  return `/${elements.map(encodeURIComponent).join("/")}${encoded ? `?${encoded}` : ""}`;
}
