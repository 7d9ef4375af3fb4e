// Domain Connect: the provider itself shows what it will add, in a window of its own. Nothing has to be connected. Once
// somebody has gone there, what is still missing is said until everything is there.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { call, path } from "../lib/client";
import { domainConnect } from "../lib/dns-shapes";
import { useLoaded } from "../lib/hooks";
import type { Diagnosis } from "../lib/shapes";
import { texts } from "../texts";
import { FailureAlert } from "./notices";
import { webPage } from "./provider";
import { RecordStatus } from "./records";
import { PublishedStates, type PublishedStatesProps } from "./status";

interface DomainConnectProps extends PublishedStatesProps {
  name: string;
  diagnosis: Diagnosis | undefined;
}

export function DomainConnect({ name, diagnosis, ...states }: DomainConnectProps) {
  const found = useLoaded(`domain connect ${name}`, (signal) =>
    call(domainConnect, "GET", path(["v2", "sesame", "identities", name, "domain-connect"]), undefined, signal),
  );
  const [gone, setGone] = useState(false);
  const copy = texts.publish;
  const page = webPage(found.value?.apply_url);
  const provider = found.value?.provider?.display_name ?? "";
  if (found.failure) return <FailureAlert failure={found.failure} retry={found.reload} />;
  if (!found.value) return <StatusIndicator type="loading">{copy.domainConnectLooking}</StatusIndicator>;
  if (found.value.problem) {
    return (
      <Alert type="info" header={copy.domainConnectProblem}>
        <span className="name">{found.value.problem}</span>
      </Alert>
    );
  }
  if (!page) return null;
  return (
    <SpaceBetween size="m">
      <SpaceBetween size="xs">
        <Button
          href={page}
          target="_blank"
          rel="noopener noreferrer"
          iconName="external"
          iconAlign="right"
          iconAlt={copy.newWindow}
          onClick={() => setGone(true)}
        >
          {copy.domainConnect(provider)}
        </Button>
        <Box variant="small">
          <span className="name">{copy.domainConnectDetail(provider)}</span>
        </Box>
      </SpaceBetween>
      {gone && <Followed provider={provider} diagnosis={diagnosis} {...states} />}
    </SpaceBetween>
  );
}

interface FollowedProps extends PublishedStatesProps {
  provider: string;
  diagnosis: Diagnosis | undefined;
}

function Followed({ provider, diagnosis, ...states }: FollowedProps) {
  const copy = texts.publish;
  const missing = diagnosis?.records.filter(({ status }) => status !== "good") ?? [];
  const done =
    diagnosis !== undefined &&
    missing.length === 0 &&
    [states.dkimStatus, states.mailFromStatus].every((status) => status === undefined || status === "SUCCESS");
  return (
    <SpaceBetween size="m">
      <div role="status" aria-live="polite">
        <Alert type={done ? "success" : "info"} header={done ? copy.allThere : copy.waiting}>
          <span className="name">{done ? copy.allThereDetail : copy.waitingDetail(provider)}</span>
        </Alert>
      </div>
      <PublishedStates {...states} />
      {missing.length > 0 && (
        <div>
          <Box variant="awsui-key-label">{copy.stillMissing}</Box>
          <ul className="plain-list" aria-label={copy.stillMissing}>
            {missing.map(({ name, type, status, advice }) => (
              <li key={`${name} ${type}`} className="name">
                <RecordStatus status={status} /> {name} {type}
                {advice && <Box variant="small" display="block">{advice}</Box>}
              </li>
            ))}
          </ul>
        </div>
      )}
    </SpaceBetween>
  );
}
