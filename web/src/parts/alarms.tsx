// What must not be overlooked: identities that were confirmed and are not any more.
import Alert from "@cloudscape-design/components/alert";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { call, path } from "../lib/client";
import { useEvery, useLoaded } from "../lib/hooks";
import { href } from "../lib/router";
import { identityPage } from "../lib/shapes";
import { texts } from "../texts";
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
            <span className="name" key={identity}>
              <Link href={href("domains", identity)}>{identity}</Link>
            </span>
          ))}
          {more && <span>{copy.more}</span>}
        </SpaceBetween>
      </SpaceBetween>
    </Alert>
  );
}
