// The sandbox's inbox, live: a long poll tells of new messages.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Grid from "@cloudscape-design/components/grid";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import Tabs from "@cloudscape-design/components/tabs";
import { useEffect, useState } from "react";
import { call, path, textAt } from "../lib/client";
import { useAction, useInFront, useLoaded } from "../lib/hooks";
import { go, href } from "../lib/router";
import { inboxMessage, inboxPage, nothing, type InboxMessage, type InboxSummary } from "../lib/shapes";
import { showTime } from "../lib/time";
import { Confirm } from "../parts/confirm";
import { EmptyList } from "../parts/empty";
import { NameLink } from "../parts/name-link";
import { FailureAlert } from "../parts/notices";
import { ResultStatus } from "../parts/status";
import { VerdictView } from "../parts/verdict";
import { Table } from "../parts/table";
import { texts } from "../texts";

const base = ["v2", "sesame", "sandbox", "inbox"];
const shown = 200;

/** The newest messages, and new ones as they come. */
function useInbox() {
  const list = useLoaded("inbox", (signal) => call(inboxPage, "GET", path(base, { limit: shown }), undefined, signal));
  const { reload } = list;
  const last = list.value?.last;
  const inFront = useInFront();
  useEffect(() => {
    if (last === undefined || !inFront) return;
    const controller = new AbortController();
    call(inboxPage, "GET", path(base, { after: last, wait: 25, limit: 1 }), undefined, controller.signal)
      .then(reload)
      .catch(() => undefined); // a failure that matters has been told to the whole console
    return () => controller.abort();
  }, [last, list.value, reload, inFront]);
  return list;
}

export function InboxPage({ chosen }: { chosen: number | null }) {
  const list = useInbox();
  const [clearing, setClearing] = useState(false);
  const copy = texts.inbox;
  const messages = list.value?.messages ?? [];
  return (
    <SpaceBetween size="l">
      <FailureAlert failure={list.failure} retry={list.reload} />
      <Table
        items={messages}
        loading={list.loading && !list.value}
        loadingText={texts.loading}
        trackBy={(message) => String(message.n)}
        wrapLines
        ariaLabels={{ tableLabel: copy.list }}
        header={
          <Header
            variant="h1"
            description={copy.description}
            counter={`(${messages.length})`}
            actions={
              <Button disabled={messages.length === 0} onClick={() => setClearing(true)}>
                {copy.deleteAll}
              </Button>
            }
          >
            {copy.title}
          </Header>
        }
        columnDefinitions={columns}
        empty={<EmptyList title={copy.empty} detail={copy.emptyDetail} action={<Button href="#/send">{texts.nav.sendTest}</Button>} />}
      />
      {chosen !== null && <Message key={chosen} n={chosen} deleted={list.reload} />}
      {clearing && (
        <Confirm
          title={copy.deleteAllTitle}
          detail={copy.deleteAllDetail}
          action={copy.deleteAll}
          close={() => setClearing(false)}
          work={async () => {
            await call(nothing, "DELETE", path(base));
            go("#/inbox");
            list.reload();
          }}
        />
      )}
    </SpaceBetween>
  );
}

const columns = [
  {
    id: "subject",
    header: texts.inbox.subject,
    minWidth: 180,
    isRowHeader: true,
    cell: (message: InboxSummary) => <NameLink to={href("inbox", String(message.n))} name={message.subject || texts.inbox.noSubject} />,
  },
  { id: "from", header: texts.inbox.from, minWidth: 200, cell: (message: InboxSummary) => <span className="name">{message.from}</span> },
  {
    id: "to",
    header: texts.inbox.to,
    minWidth: 200,
    cell: (message: InboxSummary) => <span className="name">{message.envelope.rcpt_to.join(", ")}</span>,
  },
  {
    id: "verdict",
    header: texts.verdict.dmarc,
    minWidth: 110,
    cell: (message: InboxSummary) => <ResultStatus result={message.verdict.dmarc.result} />,
  },
  { id: "received", header: texts.inbox.received, cell: (message: InboxSummary) => showTime(message.received_at) },
];

function Message({ n, deleted }: { n: number; deleted: () => void }) {
  const message = useLoaded(String(n), (signal) => call(inboxMessage, "GET", path([...base, String(n)]), undefined, signal));
  const remove = useAction();
  const copy = texts.inbox;
  if (message.failure?.status === 404) return <Alert type="info">{copy.gone}</Alert>;
  if (message.failure) return <FailureAlert failure={message.failure} retry={message.reload} />;
  if (!message.value) return <Spinner />;
  const mail = message.value;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={<span className="name">{`${mail.from} → ${mail.envelope.rcpt_to.join(", ")}`}</span>}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {mail.api_message_id && <Button href={href("messages", mail.api_message_id)}>{texts.messages.life}</Button>}
              <Button
                loading={remove.busy}
                onClick={() =>
                  void remove.run(async () => {
                    await call(nothing, "DELETE", path([...base, String(n)]));
                    go("#/inbox");
                    deleted();
                  })
                }
              >
                {texts.delete}
              </Button>
            </SpaceBetween>
          }
        >
          <span className="name">{mail.subject || copy.noSubject}</span>
        </Header>
      }
    >
      <SpaceBetween size="m">
        <FailureAlert failure={remove.failure} />
        <Tabs
          ariaLabel={copy.title}
          tabs={[
            { id: "html", label: copy.tabs.html, content: <Html mail={mail} /> },
            { id: "text", label: copy.tabs.text, content: mail.text === null ? copy.noText : <pre className="source">{mail.text}</pre> },
            { id: "verdict", label: copy.tabs.verdict, content: <Envelope mail={mail} /> },
            { id: "headers", label: copy.tabs.headers, content: <Headers mail={mail} /> },
            { id: "source", label: copy.tabs.source, content: <Source n={n} /> },
            { id: "attachments", label: `${copy.tabs.attachments} (${mail.attachments.length})`, content: <Attachments mail={mail} /> },
          ]}
        />
      </SpaceBetween>
    </Container>
  );
}

/** In a frame without scripts, forms and origin; the page in it comes with a policy that lets nothing be fetched. */
function Html({ mail }: { mail: InboxMessage }) {
  const copy = texts.inbox;
  if (mail.html === null) return <>{copy.noHtml}</>;
  const frame = (
    <SpaceBetween size="xs">
      <Box variant="small">{copy.blocked}</Box>
      <iframe
        className="mail-frame"
        sandbox=""
        referrerPolicy="no-referrer"
        title={copy.frame(mail.subject || copy.noSubject)}
        src={path([...base, String(mail.n), "html"])}
      />
    </SpaceBetween>
  );
  if (mail.text === null) return frame;
  return (
    <Grid gridDefinition={[{ colspan: { default: 12, s: 7 } }, { colspan: { default: 12, s: 5 } }]}>
      {frame}
      <SpaceBetween size="xs">
        <Box variant="small">{copy.beside}</Box>
        <pre className="source beside" tabIndex={0} aria-label={copy.beside}>
          {mail.text}
        </pre>
      </SpaceBetween>
    </Grid>
  );
}

function Envelope({ mail }: { mail: InboxMessage }) {
  return (
    <SpaceBetween size="m">
      <VerdictView verdict={mail.verdict} />
      <KeyValuePairs
        columns={2}
        items={[
          { label: texts.messages.envelope, value: <span className="name">{mail.envelope.mail_from || "<>"}</span> },
          { label: texts.messages.host, value: `${mail.envelope.helo} ${mail.envelope.ip} ${mail.envelope.tls ?? ""}` },
        ]}
      />
    </SpaceBetween>
  );
}

function Headers({ mail }: { mail: InboxMessage }) {
  return (
    <Table
      variant="embedded"
      wrapLines
      items={mail.headers.map((field, index) => ({ ...field, index }))}
      trackBy={(field) => String(field.index)}
      ariaLabels={{ tableLabel: texts.inbox.tabs.headers }}
      columnDefinitions={[
        { id: "name", header: texts.inbox.header, isRowHeader: true, width: 220, cell: (field) => field.name },
        { id: "value", header: texts.inbox.headerValue, cell: (field) => <span className="name">{field.value}</span> },
      ]}
    />
  );
}

function Source({ n }: { n: number }) {
  const source = useLoaded(`source ${n}`, (signal) => textAt(path([...base, String(n), "raw"]), signal));
  if (source.failure) return <FailureAlert failure={source.failure} retry={source.reload} />;
  return source.value === undefined ? <Spinner /> : <pre className="source">{source.value}</pre>;
}

function Attachments({ mail }: { mail: InboxMessage }) {
  const copy = texts.inbox;
  if (mail.attachments.length === 0) return <>{copy.noAttachments}</>;
  return (
    <Table
      variant="embedded"
      wrapLines
      items={mail.attachments}
      trackBy={(attachment) => String(attachment.part)}
      ariaLabels={{ tableLabel: copy.tabs.attachments }}
      columnDefinitions={[
        { id: "name", header: copy.attachmentName, isRowHeader: true, cell: (one) => <span className="name">{one.file_name || copy.unnamed}</span> },
        { id: "type", header: copy.attachmentType, cell: (one) => <span className="name">{one.content_type}</span> },
        { id: "size", header: copy.attachmentSize, cell: (one) => copy.octets(one.size) },
        {
          id: "save",
          header: copy.save,
          cell: (one) => (
            <Button
              variant="inline-link"
              iconName="download"
              href={path([...base, String(mail.n), "attachments", String(one.part)])}
              download
              ariaLabel={copy.saveName(one.file_name || copy.unnamed)}
            >
              {copy.save}
            </Button>
          ),
        },
      ]}
    />
  );
}
