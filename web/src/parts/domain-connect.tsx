// Domain Connect: the provider itself shows what it will add, in a window of its own. Nothing has to be connected.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { call, path } from "../lib/client";
import { domainConnect } from "../lib/dns-shapes";
import { useLoaded } from "../lib/hooks";
import { texts } from "../texts";
import { webPage } from "./provider";

export function DomainConnect({ name }: { name: string }) {
  const found = useLoaded(`domain connect ${name}`, (signal) =>
    call(domainConnect, "GET", path(["v2", "sesame", "identities", name, "domain-connect"]), undefined, signal),
  );
  const copy = texts.publish;
  const page = webPage(found.value?.apply_url);
  const provider = found.value?.provider?.display_name ?? "";
  if (found.value?.problem) {
    return (
      <Alert type="info">
        <span className="name">{found.value.problem}</span>
      </Alert>
    );
  }
  if (!page) return null;
  return (
    <SpaceBetween size="xs">
      <Button href={page} target="_blank" rel="noopener noreferrer" iconName="external" iconAlign="right" iconAlt={copy.newWindow}>
        {copy.domainConnect(provider)}
      </Button>
      <Box variant="small">{copy.domainConnectDetail(provider)}</Box>
    </SpaceBetween>
  );
}
