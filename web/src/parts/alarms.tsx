// What must not be overlooked: identities that were confirmed and are not any more.
import Alert from "@cloudscape-design/components/alert";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { call, path } from "../lib/client";
import { useEvery, useLoaded } from "../lib/hooks";
import { href } from "../lib/router";
import { identityPage } from "../lib/shapes";
import { texts } from "../texts";
import { NameLink } from "./name-link";
import { FailureAlert } from "./notices";

const shown = 10;

/** Nothing while all is well; that it cannot be known is said. */
export function DriftAlarm() {
  const drifted = useLoaded("drifted", (signal) =>
    call(identityPage, "GET", path(["v2", "sesame", "identities"], { drifted: "true", limit: shown }), undefined, signal),
  );
  useEvery(15_000, drifted.reload);
  const identities = drifted.value?.identities ?? [];
  if (identities.length === 0) return <FailureAlert failure={drifted.failure} retry={drifted.reload} />;
  const more = drifted.value?.next_token !== null;
  const copy = texts.alarms;
  return (
    <Alert type="error" header={copy.title(`${identities.length}${more ? "+" : ""}`, identities.length === 1)}>
      <SpaceBetween size="xxs">
        <span>{copy.detail}</span>
        <SpaceBetween direction="horizontal" size="m">
          {identities.map(({ identity }) => (
            <NameLink key={identity} to={href("domains", identity)} name={identity} />
          ))}
          {more && <span>{copy.more}</span>}
        </SpaceBetween>
      </SpaceBetween>
    </Alert>
  );
}
