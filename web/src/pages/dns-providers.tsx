// Connections to DNS providers: made, tested, renamed, given up.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { call, path } from "../lib/client";
import { connectionList, providerKinds, tested, type Connection, type ProviderKind } from "../lib/dns-shapes";
import { asFailure, useLoaded } from "../lib/hooks";
import { nothing } from "../lib/shapes";
import { showTime } from "../lib/time";
import { Confirm } from "../parts/confirm";
import { ConnectionForm } from "../parts/connection-form";
import { FailureAlert, useNotify } from "../parts/notices";
import { Table } from "../parts/table";
import { texts } from "../texts";

const base = ["v2", "sesame", "dns", "connections"];
type Shown = { kind: "none" } | { kind: "connect" } | { kind: "edit" | "delete"; connection: Connection };

export function DnsProvidersPage() {
  const list = useLoaded("connections", (signal) => call(connectionList, "GET", path(base), undefined, signal));
  const kinds = useLoaded("kinds", (signal) => call(providerKinds, "GET", "/v2/sesame/dns/providers", undefined, signal));
  const [shown, setShown] = useState<Shown>({ kind: "none" });
  const notify = useNotify();
  const copy = texts.connections;
  const close = () => setShown({ kind: "none" });
  const connect = (
    <Button variant="primary" disabled={!kinds.value} onClick={() => setShown({ kind: "connect" })}>
      {copy.connect}
    </Button>
  );

  async function test(connection: Connection) {
    try {
      const { ok, zone, serial, message } = await call(tested, "POST", path([...base, connection.id, "test"]));
      if (ok) notify("success", copy.testOk(zone ?? connection.zone, serial ?? null));
      else notify("error", message ?? texts.errors.actionFailed);
    } catch (problem) {
      notify("error", asFailure(problem).message);
    }
  }

  return (
    <SpaceBetween size="m">
      <FailureAlert failure={list.failure ?? kinds.failure} retry={() => [list, kinds].forEach((one) => one.reload())} />
      <Table
        variant="full-page"
        wrapLines
        loading={list.loading && !list.value}
        loadingText={texts.loading}
        items={list.value?.connections ?? []}
        trackBy="id"
        ariaLabels={{ tableLabel: copy.table }}
        header={
          <Header variant="awsui-h1-sticky" description={copy.description} actions={connect}>
            {copy.title}
          </Header>
        }
        columnDefinitions={[
          { id: "zone", header: copy.zone, isRowHeader: true, minWidth: 150, cell: (one: Connection) => <span className="name">{one.zone}</span> },
          { id: "label", header: copy.label, minWidth: 150, cell: (one: Connection) => <span className="name">{one.label}</span> },
          { id: "kind", header: copy.kind, minWidth: 150, cell: (one: Connection) => kindName(kinds.value?.kinds, one) },
          { id: "created", header: copy.created, cell: (one: Connection) => showTime(one.created) },
          {
            id: "actions",
            header: texts.actions,
            minWidth: 220,
            cell: (one: Connection) => (
              <SpaceBetween direction="horizontal" size="s">
                <Button variant="inline-link" ariaLabel={`${copy.test}: ${one.label}`} onClick={() => void test(one)}>
                  {copy.test}
                </Button>
                <Button variant="inline-link" ariaLabel={`${copy.edit}: ${one.label}`} onClick={() => setShown({ kind: "edit", connection: one })}>
                  {copy.edit}
                </Button>
                <Button variant="inline-link" ariaLabel={`${copy.delete}: ${one.label}`} onClick={() => setShown({ kind: "delete", connection: one })}>
                  {copy.delete}
                </Button>
              </SpaceBetween>
            ),
          },
        ]}
        empty={
          <Box textAlign="center" padding="l">
            <SpaceBetween size="s">
              <Box variant="strong">{copy.empty}</Box>
              <Box color="text-body-secondary">{copy.emptyDetail}</Box>
              {connect}
            </SpaceBetween>
          </Box>
        }
      />
      {kinds.value && (shown.kind === "connect" || shown.kind === "edit") && (
        <ConnectionForm
          kinds={kinds.value.kinds}
          connection={shown.kind === "edit" ? shown.connection : undefined}
          close={close}
          saved={(saved) => {
            notify("success", shown.kind === "edit" ? copy.saved(saved.label) : copy.connected(saved.label));
            list.reload();
            close();
          }}
        />
      )}
      {shown.kind === "delete" && (
        <Confirm
          title={copy.deleteTitle}
          detail={copy.deleteDetail(shown.connection.label)}
          action={copy.delete}
          close={close}
          work={async () => {
            await call(nothing, "DELETE", path([...base, shown.connection.id]));
            notify("success", copy.disconnected(shown.connection.label));
            list.reload();
          }}
        />
      )}
    </SpaceBetween>
  );
}

function kindName(kinds: ProviderKind[] | undefined, connection: Connection): string {
  return kinds?.find(({ kind }) => kind === connection.kind)?.name ?? connection.kind;
}
