// One message's life, from its acceptance to its feedback; retry and drop while something is queued.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { call, path } from "../lib/client";
import { useAction, useEvery, useLoaded } from "../lib/hooks";
import { acted, messageDetail, type MessageDetail } from "../lib/shapes";
import { showTime } from "../lib/time";
import { Confirm } from "../parts/confirm";
import { Copied } from "../parts/copy";
import { ItemPage } from "../parts/item";
import { FailureAlert, useNotify } from "../parts/notices";
import { Section } from "../parts/section";
import { RecipientStatus } from "../parts/status";
import { Timeline } from "../parts/timeline";
import { Table } from "../parts/table";
import { texts } from "../texts";

export function MessagePage({ id }: { id: string }) {
  const message = useLoaded(id, (signal) => call(messageDetail, "GET", path(["v2", "sesame", "messages", id]), undefined, signal));
  const [dropping, setDropping] = useState(false);
  const retry = useAction();
  const notify = useNotify();
  const copy = texts.messages;
  const { reload } = message;
  const unfinished = message.value !== undefined && !message.value.finished;
  useEvery(3000, () => unfinished && reload());

  const act = async (verb: "retry" | "drop") => {
    const { recipients } = await call(acted, "POST", path(["v2", "sesame", "messages", id, verb]));
    notify("success", verb === "retry" ? copy.retried(recipients) : copy.dropped(recipients));
    reload();
  };
  return (
    <ItemPage
      list={{ page: "messages", title: copy.title }}
      id={id}
      name={message.value ? message.value.subject || texts.inbox.noSubject : id}
      loaded={message}
      actions={
        unfinished && (
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={() => setDropping(true)}>{copy.drop}</Button>
            <Button variant="primary" loading={retry.busy} onClick={() => void retry.run(() => act("retry"))}>
              {copy.retry}
            </Button>
          </SpaceBetween>
        )
      }
    >
      {(value) => (
        <SpaceBetween size="l">
          <FailureAlert failure={retry.failure} />
          <Facts message={value} />
          <Section title={copy.life}>
            <Timeline events={value.events} label={copy.life} />
          </Section>
          <Recipients message={value} />
          {dropping && (
            <Confirm
              title={copy.dropTitle}
              detail={copy.dropDetail}
              action={copy.drop}
              close={() => setDropping(false)}
              work={() => act("drop")}
            />
          )}
        </SpaceBetween>
      )}
    </ItemPage>
  );
}

function Facts({ message }: { message: MessageDetail }) {
  const copy = texts.messages;
  return (
    <Container>
      <KeyValuePairs
        columns={3}
        items={[
          { label: copy.id, value: <Copied text={message.api_message_id} label={`${texts.copy}: ${copy.id}`} /> },
          { label: copy.from, value: <span className="name">{message.from}</span> },
          { label: copy.identity, value: <span className="name">{message.identity}</span> },
          { label: copy.envelope, value: <span className="name">{message.envelope.mail_from}</span> },
          { label: copy.accepted, value: showTime(message.accepted) },
          { label: copy.expires, value: showTime(message.expires) },
          { label: copy.through, value: copy.doors[message.accepted_through] ?? message.accepted_through },
          { label: copy.configurationSet, value: message.configuration_set ?? texts.none },
        ]}
      />
    </Container>
  );
}

function Recipients({ message }: { message: MessageDetail }) {
  const copy = texts.messages;
  return (
    <Table
      wrapLines
      items={message.recipients}
      trackBy="address"
      ariaLabels={{ tableLabel: copy.recipients }}
      header={<Header variant="h2">{copy.recipients}</Header>}
      columnDefinitions={[
        { id: "address", header: copy.who, isRowHeader: true, cell: (one) => <span className="name">{one.address}</span> },
        { id: "state", header: copy.state, cell: (one) => <RecipientStatus state={one.state} /> },
        { id: "attempts", header: copy.attempts, cell: (one) => one.attempt_count },
        { id: "next", header: copy.nextAttempt, cell: (one) => showTime(one.next_attempt) },
        {
          id: "reply",
          header: copy.reply,
          cell: (one) => {
            const last = one.attempts.at(-1);
            return <span className="name">{last ? `${last.remote_host} ${last.text}` : copy.noAttempts}</span>;
          },
        },
      ]}
    />
  );
}
