// Messages: found by recipient, state or id, the newest first.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import { call, path } from "../lib/client";
import { useAction, useLoaded, useSettled } from "../lib/hooks";
import { go, href } from "../lib/router";
import { messagePage, type MessageSummary, recipientStates } from "../lib/shapes";
import { showTime } from "../lib/time";
import { FailureAlert } from "../parts/notices";
import { RecipientStatus } from "../parts/status";
import { texts } from "../texts";

export function MessagesPage() {
  const [recipient, setRecipient] = useState("");
  const [state, setState] = useState("");
  const [id, setId] = useState("");
  const wanted = useSettled(recipient.trim());
  const more = useAction();
  const query = { recipient: wanted, state, limit: 50 };
  const list = useLoaded(`${wanted} ${state}`, (signal) =>
    call(messagePage, "GET", path(["v2", "sesame", "messages"], query), undefined, signal),
  );
  const copy = texts.messages;
  const messages = list.value?.messages ?? [];
  const token = list.value?.next_token ?? null;
  const anyState = { value: "", label: copy.anyState };
  const options = [anyState, ...recipientStates.map((value) => ({ value, label: texts.status.recipient[value] }))];
  const searching = wanted !== "" || state !== "";

  async function loadMore() {
    await more.run(async () => {
      const next = await call(messagePage, "GET", path(["v2", "sesame", "messages"], { ...query, next_token: token ?? "" }));
      list.set({ messages: [...messages, ...next.messages], next_token: next.next_token });
    });
  }

  return (
    <SpaceBetween size="m">
      <FailureAlert failure={list.failure ?? more.failure} retry={list.reload} />
      <Table
        variant="full-page"
        wrapLines
        loading={list.loading && !list.value}
        loadingText={texts.loading}
        items={messages}
        trackBy="api_message_id"
        ariaLabels={{ tableLabel: copy.table }}
        columnDefinitions={columns}
        header={
          <Header
            variant="awsui-h1-sticky"
            description={copy.description}
            actions={<Button iconName="refresh" ariaLabel={texts.refresh} loading={list.loading} onClick={list.reload} />}
          >
            {copy.title}
          </Header>
        }
        filter={
          <SpaceBetween direction="horizontal" size="s" alignItems="end">
            <FormField label={copy.byRecipient}>
              <Input
                type="search"
                value={recipient}
                placeholder={copy.byRecipientHint}
                onChange={({ detail }) => setRecipient(detail.value)}
              />
            </FormField>
            <FormField label={copy.byState}>
              <Select
                selectedOption={options.find((option) => option.value === state) ?? anyState}
                options={options}
                onChange={({ detail }) => setState(detail.selectedOption.value ?? "")}
              />
            </FormField>
            <form
              onSubmit={(event) => {
                event.preventDefault();
                if (id.trim() !== "") go(href("messages", id.trim()));
              }}
            >
              <SpaceBetween direction="horizontal" size="xs" alignItems="end">
                <FormField label={copy.byId}>
                  <Input value={id} spellcheck={false} onChange={({ detail }) => setId(detail.value)} />
                </FormField>
                <Button formAction="submit" disabled={id.trim() === ""}>
                  {copy.open}
                </Button>
              </SpaceBetween>
            </form>
          </SpaceBetween>
        }
        footer={
          token && (
            <Box textAlign="center">
              <Button loading={more.busy} onClick={() => void loadMore()}>
                {copy.more}
              </Button>
            </Box>
          )
        }
        empty={
          <Box textAlign="center" padding="l">
            <SpaceBetween size="s">
              <Box variant="strong">{searching ? copy.noMatch : copy.empty}</Box>
              {!searching && <Box color="text-body-secondary">{copy.emptyDetail}</Box>}
              {!searching && <Button href="#/send">{texts.nav.sendTest}</Button>}
            </SpaceBetween>
          </Box>
        }
      />
    </SpaceBetween>
  );
}

const columns = [
  {
    id: "subject",
    header: texts.messages.subject,
    minWidth: 180,
    isRowHeader: true,
    cell: (message: MessageSummary) => (
      <span className="name">
        <Link href={href("messages", message.api_message_id)}>{message.subject || texts.inbox.noSubject}</Link>
      </span>
    ),
  },
  { id: "from", header: texts.messages.from, minWidth: 200, cell: (message: MessageSummary) => <span className="name">{message.from}</span> },
  {
    id: "recipients",
    header: texts.messages.recipients,
    minWidth: 200,
    cell: (message: MessageSummary) => {
      const [first] = message.recipients;
      if (!first) return texts.none;
      const others = message.recipients.length - 1;
      return (
        <span className="name">
          {first.address} {others > 0 && texts.messages.moreRecipients(others)}
        </span>
      );
    },
  },
  {
    id: "state",
    header: texts.messages.state,
    minWidth: 130,
    cell: (message: MessageSummary) => (
      <SpaceBetween size="xxxs">
        {[...new Set(message.recipients.map((recipient) => recipient.state))].map((one) => (
          <RecipientStatus key={one} state={one} />
        ))}
      </SpaceBetween>
    ),
  },
  { id: "accepted", header: texts.messages.accepted, cell: (message: MessageSummary) => showTime(message.accepted) },
];
