// Loading, doing and watching, as pages need it.
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { ApiFailure } from "./client";

export interface Loaded<T> {
  value: T | undefined;
  failure: ApiFailure | undefined;
  loading: boolean;
  reload: () => void;
  set: (value: T) => void;
}

export function asFailure(problem: unknown): ApiFailure {
  return problem instanceof ApiFailure ? problem : new ApiFailure("unexpected", String(problem));
}

/** Loads when `key` changes, on reload() and after the session or the connection has come back. */
export function useLoaded<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ key: string; value?: T; failure?: ApiFailure }>({ key: "" });
  const [round, setRound] = useState(0);
  const [loading, setLoading] = useState(true);
  const latest = useRef(load);
  latest.current = load;
  const reload = useCallback(() => setRound((before) => before + 1), []);
  useEffect(() => {
    const controller = new AbortController();
    setLoading(true);
    latest
      .current(controller.signal)
      .then((value) => setState({ key, value }))
      .catch((problem: unknown) => {
        if (controller.signal.aborted) return;
        setState((before) => ({
          key,
          failure: asFailure(problem),
          ...(before.key === key && before.value !== undefined ? { value: before.value } : {}),
        }));
      })
      .finally(() => {
        if (!controller.signal.aborted) setLoading(false);
      });
    return () => controller.abort();
  }, [key, round]);
  useEffect(() => {
    window.addEventListener("sesame-return", reload);
    return () => window.removeEventListener("sesame-return", reload);
  }, [reload]);
  const set = useCallback((value: T) => setState({ key, value }), [key]);
  const current = state.key === key;
  return {
    value: current ? state.value : undefined,
    failure: current ? state.failure : undefined,
    loading,
    reload,
    set,
  };
}

/** The session or the connection is back: pages load again what they show. */
export function announceReturn(): void {
  window.dispatchEvent(new Event("sesame-return"));
}

export interface Action {
  busy: boolean;
  failure: ApiFailure | undefined;
  /** True if it succeeded. */
  run: (work: () => Promise<void>) => Promise<boolean>;
}

/** Something a person starts by pressing a button. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure>();
  const run = useCallback(async (work: () => Promise<void>) => {
    setBusy(true);
    setFailure(undefined);
    try {
      await work();
      return true;
    } catch (problem) {
      setFailure(asFailure(problem));
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  return { busy, failure, run };
}

/** Calls `told` with the data of each event of that name while the page is in front. */
export function useServerEvents(url: string | null, handlers: Record<string, (data: string) => void>): boolean {
  const [connected, setConnected] = useState(false);
  const latest = useRef(handlers);
  latest.current = handlers;
  useEffect(() => {
    if (url === null) return;
    let source: EventSource | null = null;
    let retry: number | undefined;
    const close = () => {
      window.clearTimeout(retry);
      source?.close();
      source = null;
      setConnected(false);
    };
    const open = () => {
      close();
      if (document.hidden) return;
      source = new EventSource(url);
      source.onopen = () => setConnected(true);
      source.onerror = () => {
        close();
        retry = window.setTimeout(open, 2000);
      };
      for (const name of Object.keys(latest.current)) {
        source.addEventListener(name, (event) => latest.current[name]?.((event as MessageEvent<string>).data));
      }
    };
    open();
    document.addEventListener("visibilitychange", open);
    return () => {
      document.removeEventListener("visibilitychange", open);
      close();
    };
  }, [url]);
  return connected;
}

function subscribeToFront(changed: () => void): () => void {
  document.addEventListener("visibilitychange", changed);
  return () => document.removeEventListener("visibilitychange", changed);
}

/** Whether somebody can see the page. */
export function useInFront(): boolean {
  return useSyncExternalStore(subscribeToFront, () => !document.hidden);
}

/** Calls `work` again and again while the page is in front. */
export function useEvery(ms: number, work: () => void): void {
  const latest = useRef(work);
  latest.current = work;
  useEffect(() => {
    const timer = window.setInterval(() => {
      if (!document.hidden) latest.current();
    }, ms);
    return () => window.clearInterval(timer);
  }, [ms]);
}

/** A value that follows `value` once it has stood still for `ms`. */
export function useSettled<T>(value: T, ms = 250): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), ms);
    return () => window.clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
