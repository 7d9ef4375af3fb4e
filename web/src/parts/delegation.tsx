// Handing the name of the MAIL FROM domain to the built-in name server, by hand: the one record to add.
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { call } from "../lib/client";
import { providerKinds } from "../lib/dns-shapes";
import { useLoaded } from "../lib/hooks";
import { relativeName } from "../lib/names";
import { typedValue } from "../lib/records";
import type { Diagnosis } from "../lib/shapes";
import { texts } from "../texts";
import { Copied } from "./copy";
import { useProvider } from "./provider";

/** Nothing where the built-in name server does not listen. */
export function Delegation({ domain, zone, diagnosis }: { domain: string; zone: string; diagnosis: Diagnosis | undefined }) {
  const kinds = useLoaded("kinds", (signal) => call(providerKinds, "GET", "/v2/sesame/dns/providers", undefined, signal));
  const dots = useProvider(diagnosis, zone)?.wants_trailing_dot ?? false;
  const nameServer = kinds.value?.delegation.offered ? kinds.value.delegation.name_server : null;
  const copy = texts.records;
  if (!nameServer) return null;
  const host = relativeName(domain, zone);
  const field = (label: string, text: string) => ({
    label,
    value: (
      <span className="name">
        <Copied text={text} label={copy.copyField(label, `${domain} NS`)} />
      </span>
    ),
  });
  return (
    <ExpandableSection headerText={copy.delegate}>
      <SpaceBetween size="s">
        <span className="name">{copy.delegateDetail(nameServer)}</span>
        <div role="group" aria-label={copy.delegateRecord}>
          <KeyValuePairs
            columns={3}
            items={[{ label: copy.type, value: "NS" }, field(copy.host, host), field(copy.value, typedValue("NS", nameServer, dots))]}
          />
        </div>
      </SpaceBetween>
    </ExpandableSection>
  );
}
