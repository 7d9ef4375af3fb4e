// Messages: found by recipient, state or id, the newest first.
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { call, path } from "../lib/client";
import { useSettled } from "../lib/hooks";
import { usePages } from "../lib/pages";
import { go, href } from "../lib/router";
import { messagePage, type MessageSummary, recipientStates } from "../lib/shapes";
import { showTime } from "../lib/time";
import { List } from "../parts/list";
import { NameLink } from "../parts/name-link";
import { RecipientStatus } from "../parts/status";
import { texts } from "../texts";

const pageSize = 50;

export function MessagesPage() {
  const [recipient, setRecipient] = useState("");
  const [state, setState] = useState("");
  const wanted = useSettled(recipient.trim());
  const pages = usePages(`${wanted} ${state}`, async (token, signal) => {
    const query = { recipient: wanted, state, limit: pageSize, next_token: token };
    const { messages, next_token } = await call(messagePage, "GET", path(["v2", "sesame", "messages"], query), undefined, signal);
    return { items: messages, next: next_token };
  });
  const copy = texts.messages;
  const clear = () => {
    setRecipient("");
    setState("");
  };
  return (
    <List
      pages={pages}
      words={copy}
      trackBy="api_message_id"
      columns={columns}
      actions={<Button iconName="refresh" ariaLabel={texts.refresh} loading={pages.loading} onClick={pages.reload} />}
      emptyAction={<Button href="#/send">{texts.nav.sendTest}</Button>}
      filter={{
        fields: (
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
                selectedOption={states.find((option) => option.value === state) ?? anyState}
                options={states}
                onChange={({ detail }) => setState(detail.selectedOption.value ?? "")}
              />
            </FormField>
            <ById />
          </SpaceBetween>
        ),
        clear: wanted !== "" || state !== "" ? clear : null,
      }}
    />
  );
}

const anyState = { value: "", label: texts.messages.anyState };
const states = [anyState, ...recipientStates.map((value) => ({ value, label: texts.status.recipient[value] }))];

function ById() {
  const [typed, setTyped] = useState("");
  const id = typed.trim();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (id !== "") go(href("messages", id));
      }}
    >
      <SpaceBetween direction="horizontal" size="xs" alignItems="end">
        <FormField label={texts.messages.byId}>
          <Input value={typed} spellcheck={false} onChange={({ detail }) => setTyped(detail.value)} />
        </FormField>
        <Button formAction="submit" disabled={id === ""}>
          {texts.messages.open}
        </Button>
      </SpaceBetween>
    </form>
  );
}

const columns = [
  {
    id: "subject",
    header: texts.messages.subject,
    minWidth: 180,
    isRowHeader: true,
    cell: (message: MessageSummary) => <NameLink to={href("messages", message.api_message_id)} name={message.subject || texts.inbox.noSubject} />,
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
