// What was published from here, and taking it back.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useEffect, useState } from "react";
import { call, path } from "../lib/client";
import { publicationList, published, type Publication } from "../lib/dns-shapes";
import { useLoaded } from "../lib/hooks";
import { showTime } from "../lib/time";
import { texts } from "../texts";
import { Confirm } from "./confirm";
import { valuesOf } from "./dns-changes";
import { FailureAlert } from "./notices";
import { Table } from "./table";

const icons: Record<string, StatusIndicatorProps.Type> = { applied: "success", uncertain: "warning", undone: "stopped" };

export interface UndoProps {
  name: string;
  publication: Publication;
  undone: (publication: Publication) => void;
  inline?: boolean;
}

export function Undo({ name, publication, undone, inline = false }: UndoProps) {
  const [asking, setAsking] = useState(false);
  const copy = texts.publish;
  return (
    <>
      <Button
        variant={inline ? "inline-link" : "normal"}
        ariaLabel={inline ? `${copy.undo}: ${showTime(publication.at)}` : copy.undo}
        onClick={() => setAsking(true)}
      >
        {copy.undo}
      </Button>
      {asking && (
        <Confirm
          title={copy.undoTitle}
          detail={copy.undoDetail}
          action={copy.undo}
          close={() => setAsking(false)}
          work={async () => {
            const elements = ["v2", "sesame", "identities", name, "records", "publications", publication.id, "undo"];
            undone((await call(published, "POST", path(elements))).publication);
          }}
        />
      )}
    </>
  );
}

/** Nothing before something was published. `mark` is another when there may be something new. */
export function Publications({ name, mark, changed }: { name: string; mark: unknown; changed: () => void }) {
  const list = useLoaded(`publications ${name}`, (signal) =>
    call(publicationList, "GET", path(["v2", "sesame", "identities", name, "records", "publications"]), undefined, signal),
  );
  const { reload } = list;
  useEffect(() => reload(), [mark, reload]);
  const copy = texts.publish;
  const publications = list.value?.publications ?? [];
  if (list.failure) return <FailureAlert failure={list.failure} retry={reload} />;
  if (publications.length === 0) return null;
  return (
    <Container
      header={
        <Header variant="h2" description={copy.historyDescription}>
          {copy.historyTitle}
        </Header>
      }
    >
      <Table
        variant="embedded"
        wrapLines
        items={publications}
        trackBy="id"
        ariaLabels={{ tableLabel: copy.historyTable }}
        columnDefinitions={[
          {
            id: "when",
            header: copy.when,
            width: 170,
            cell: (one) => (
              <>
                {showTime(one.at)}
                <Box variant="small" display="block">
                  <span className="name">{copy.by(one.by)}</span>
                </Box>
              </>
            ),
          },
          { id: "at", header: copy.at, minWidth: 120, isRowHeader: true, cell: (one) => <span className="name">{one.connection.label}</span> },
          {
            id: "what",
            header: copy.what,
            minWidth: 240,
            cell: (one) => (
              <SpaceBetween size="xxs">
                {one.changes.map((change) => (
                  <Box variant="small" key={`${change.name} ${change.type}`}>
                    <span className="name">{copy.change(change.name, change.type, valuesOf(change.before), valuesOf(change.after))}</span>
                  </Box>
                ))}
              </SpaceBetween>
            ),
          },
          {
            id: "state",
            header: copy.state,
            minWidth: 140,
            cell: (one) => (
              <SpaceBetween size="xxxs">
                <StatusIndicator wrapText={false} type={icons[one.status] ?? "info"}>
                  {copy.states[one.status] ?? one.status}
                </StatusIndicator>
                {one.undone && <Box variant="small">{showTime(one.undone.at)}</Box>}
                {one.can_undo && (
                  <Undo
                    inline
                    name={name}
                    publication={one}
                    undone={() => {
                      reload();
                      changed();
                    }}
                  />
                )}
              </SpaceBetween>
            ),
          },
        ]}
      />
    </Container>
  );
}
