// Light or dark: as the person chose here, else as the system says.
import { applyMode, Mode } from "@cloudscape-design/global-styles";
import { useSyncExternalStore } from "react";

const key = "sesame-mode";
const system = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

function isDark(): boolean {
  const chosen = localStorage.getItem(key);
  return chosen ? chosen === "dark" : system.matches;
}

function apply() {
  applyMode(isDark() ? Mode.Dark : Mode.Light);
  for (const listener of listeners) listener();
}

export function initialMode(): void {
  apply();
  system.addEventListener("change", apply);
}

export function chooseMode(dark: boolean): void {
  localStorage.setItem(key, dark ? "dark" : "light");
  apply();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useDark(): boolean {
  return useSyncExternalStore(subscribe, isDark);
}
