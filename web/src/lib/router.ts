// Where in the console one is: the part of the address behind "#", which needs nothing from the server.
import { useSyncExternalStore } from "react";

/** "#/domains/shop.example?tab=dns" as its decoded elements and query. */
export interface Place {
  elements: string[];
  query: URLSearchParams;
}

export function placeOf(hash: string): Place {
  const [path = "", query = ""] = hash.replace(/^#?\/?/, "").split("?");
  const elements = path.split("/").filter((element) => element !== "");
  return { elements: elements.map(decoded), query: new URLSearchParams(query) };
}

function decoded(element: string): string {
  try {
    return decodeURIComponent(element);
  } catch {
    return element;
  }
}

export function href(...elements: string[]): string {
  return `#/${elements.map(encodeURIComponent).join("/")}`;
}

export function go(target: string): void {
  window.location.hash = target;
}

function subscribe(changed: () => void): () => void {
  window.addEventListener("hashchange", changed);
  return () => window.removeEventListener("hashchange", changed);
}

export function useHash(): string {
  return useSyncExternalStore(subscribe, () => window.location.hash);
}
