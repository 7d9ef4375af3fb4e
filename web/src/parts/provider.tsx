// Who keeps the DNS of a zone: recognised by its name servers, asked where these cannot tell; its help pages and habits.
import Alert from "@cloudscape-design/components/alert";
import Link from "@cloudscape-design/components/link";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useSyncExternalStore } from "react";
import type { Diagnosis, ProviderChoice } from "../lib/shapes";
import { texts } from "../texts";

/** Only web pages: what is shown as a link comes from a table of the service, but is looked at all the same. */
export function webPage(url: string | null | undefined): string | null {
  return url?.startsWith("https://") ? url : null;
}

// What somebody chose among providers that share their name servers, by zone; for as long as the page is open.
const chosen = new Map<string, string>();
const listeners = new Set<() => void>();

function choose(zone: string, name: string) {
  chosen.set(zone, name);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The provider of the diagnosis' zone; undefined while it is not known, or not chosen. */
export function useProvider(diagnosis: Diagnosis | undefined, zone: string): ProviderChoice | undefined {
  const name = useSyncExternalStore(subscribe, () => chosen.get(zone));
  const choices = diagnosis?.provider?.choices ?? [];
  return choices.length === 1 ? choices[0] : choices.find((choice) => choice.name === name);
}

export function ProviderHelp({ diagnosis, zone }: { diagnosis: Diagnosis; zone: string }) {
  const provider = useProvider(diagnosis, zone);
  const choices = diagnosis.provider?.choices ?? [];
  const copy = texts.records;
  if (choices.length === 0) return null;
  const options = choices.map(({ name }) => ({ value: name, label: name }));
  return (
    <Alert type="info" {...(provider ? { header: copy.provider(provider.name) } : {})}>
      <SpaceBetween size="xs">
        {choices.length > 1 && (
          <SpaceBetween size="xxs">
            <span>{copy.providerChoice}</span>
            <Select
              ariaLabel={copy.providerChoice}
              placeholder={copy.providerChoose}
              selectedOption={options.find(({ value }) => value === provider?.name) ?? null}
              options={options}
              onChange={({ detail }) => choose(zone, detail.selectedOption.value ?? "")}
            />
          </SpaceBetween>
        )}
        {provider && <Habits provider={provider} zone={zone} />}
        {provider && <HelpPages provider={provider} />}
      </SpaceBetween>
    </Alert>
  );
}

function Habits({ provider, zone }: { provider: ProviderChoice; zone: string }) {
  const copy = texts.records.habits;
  const habits = [
    provider.appends_zone && copy.appendsZone(zone),
    provider.wants_trailing_dot && copy.trailingDot,
    provider.proxies && copy.proxies,
  ].filter((habit): habit is string => typeof habit === "string");
  return (
    <>
      {habits.map((habit) => (
        <div key={habit}>{habit}</div>
      ))}
    </>
  );
}

function HelpPages({ provider }: { provider: ProviderChoice }) {
  const copy = texts.records;
  const [mx, txt] = [webPage(provider.help_url), webPage(provider.txt_help_url)];
  const pages = mx === txt || txt === null ? [[copy.providerHelp(provider.name), mx]] : [[copy.providerHelpFor("MX", provider.name), mx], [copy.providerHelpFor("TXT", provider.name), txt]];
  return (
    <SpaceBetween direction="horizontal" size="m">
      {pages.map(
        ([label, page]) =>
          page && (
            <Link key={page} external href={page} externalIconAriaLabel={copy.newWindow}>
              {label}
            </Link>
          ),
      )}
    </SpaceBetween>
  );
}
