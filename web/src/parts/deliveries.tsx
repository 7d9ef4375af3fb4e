// What waits for endpoints and web hooks, and what was given up: seen, and sent again.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { call, path } from "../lib/client";
import { deadLetters, destinationStates, revived, type DestinationState } from "../lib/configuration-shapes";
import { useAction, useEvery, useLoaded } from "../lib/hooks";
import { href } from "../lib/router";
import { showTime } from "../lib/time";
import { texts } from "../texts";
import { Dialog } from "./dialog";
import { FailureAlert, useNotify } from "./notices";
import { Table } from "./table";

const base = ["v2", "sesame", "destinations"];

export function Deliveries() {
  const list = useLoaded("deliveries", (signal) => call(destinationStates, "GET", path(base), undefined, signal));
  useEvery(5000, list.reload);
  const [shown, setShown] = useState<string>();
  const retry = useAction();
  const notify = useNotify();
  const copy = texts.deliveries;

  async function sendAgain(destination: string) {
    await retry.run(async () => {
      const { entries } = await call(revived, "POST", path([...base, destination, "retry"]));
      notify("success", copy.retried(entries));
      list.reload();
    });
  }

  return (
    <>
      <FailureAlert failure={list.failure} retry={list.reload} />
      <FailureAlert failure={retry.failure} />
      <Table
        wrapLines
        loading={list.loading && !list.value}
        loadingText={texts.loading}
        items={list.value?.destinations ?? []}
        trackBy="destination"
        ariaLabels={{ tableLabel: copy.table }}
        header={
          <Header variant="h2" description={copy.description}>
            {copy.title}
          </Header>
        }
        columnDefinitions={[
          { id: "destination", header: copy.destination, isRowHeader: true, minWidth: 220, cell: (one) => <span className="name">{one.destination}</span> },
          { id: "pending", header: copy.pending, cell: (one) => one.pending.toLocaleString() },
          { id: "dead", header: copy.dead, minWidth: 90, cell: (one) => <GivenUp state={one} /> },
          { id: "since", header: copy.since, cell: (one) => showTime(one.oldest_pending) },
          { id: "error", header: copy.error, minWidth: 160, cell: (one) => <span className="name">{one.last_error || texts.none}</span> },
          {
            id: "actions",
            header: texts.actions,
            minWidth: 150,
            cell: (one) =>
              one.dead > 0 && (
                <SpaceBetween direction="horizontal" size="s">
                  <Button variant="inline-link" ariaLabel={copy.showFor(one.destination)} onClick={() => setShown(one.destination)}>
                    {copy.show}
                  </Button>
                  <Button variant="inline-link" ariaLabel={copy.retryFor(one.destination)} onClick={() => void sendAgain(one.destination)}>
                    {copy.retry}
                  </Button>
                </SpaceBetween>
              ),
          },
        ]}
        empty={<Box textAlign="center">{copy.empty}</Box>}
      />
      {shown !== undefined && <Letters destination={shown} close={() => setShown(undefined)} />}
    </>
  );
}

function GivenUp({ state }: { state: DestinationState }) {
  if (state.dead === 0) return <>0</>;
  return <StatusIndicator type="error">{state.dead.toLocaleString()}</StatusIndicator>;
}

function Letters({ destination, close }: { destination: string; close: () => void }) {
  const letters = useLoaded(`letters ${destination}`, (signal) =>
    call(deadLetters, "GET", path([...base, destination, "dead-letters"], { limit: 100 }), undefined, signal),
  );
  const copy = texts.deliveries;
  return (
    <Dialog size="large" header={copy.lettersTitle} close={close}>
      <SpaceBetween size="m">
        <Box variant="small">
          <span className="name">{destination}</span>
        </Box>
        <FailureAlert failure={letters.failure} retry={letters.reload} />
        <Table
          variant="embedded"
          wrapLines
          loading={letters.loading}
          loadingText={texts.loading}
          items={letters.value?.dead_letters ?? []}
          trackBy={(letter) => String(letter.entry)}
          ariaLabels={{ tableLabel: copy.lettersTable }}
          columnDefinitions={[
            { id: "when", header: copy.when, isRowHeader: true, cell: (letter) => showTime(letter.created) },
            {
              id: "what",
              header: copy.what,
              cell: (letter) =>
                letter.event ? (
                  <span className="name">
                    {texts.messages.kinds[letter.event.kind] ?? letter.event.kind} {letter.event.recipient}
                  </span>
                ) : (
                  texts.none
                ),
            },
            {
              id: "message",
              header: copy.message,
              cell: (letter) =>
                letter.event ? <Link href={href("messages", letter.event.api_message_id)}>{texts.messages.open}</Link> : texts.none,
            },
            { id: "attempts", header: copy.attempts, cell: (letter) => letter.attempts },
            { id: "error", header: copy.error, minWidth: 180, cell: (letter) => <span className="name">{letter.last_error}</span> },
          ]}
          empty={<Box textAlign="center">{copy.none}</Box>}
        />
      </SpaceBetween>
    </Dialog>
  );
}
