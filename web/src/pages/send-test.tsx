// Send a test email: a real message, and what became of it as it happens.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Textarea from "@cloudscape-design/components/textarea";
import { useRef, useState, type FormEvent } from "react";
import { looksLikeAddress } from "../lib/addresses";
import { call, path } from "../lib/client";
import { useAction, useEvery, useLoaded } from "../lib/hooks";
import { href } from "../lib/router";
import { inboxPage, messageDetail, sent } from "../lib/shapes";
import { FailureAlert } from "../parts/notices";
import { Section } from "../parts/section";
import { useSession } from "../parts/session";
import { Timeline } from "../parts/timeline";
import { VerdictView } from "../parts/verdict";
import { texts } from "../texts";

export function SendTestPage({ from: initialFrom }: { from: string }) {
  const session = useSession();
  const [from, setFrom] = useState(initialFrom);
  const [to, setTo] = useState(session.sandbox ? "reader@inbox.example" : "");
  const [subject, setSubject] = useState(texts.sendTest.subjectDefault);
  const [text, setText] = useState(texts.sendTest.textDefault);
  const [html, setHtml] = useState("");
  const [tried, setTried] = useState(false);
  const [sentId, setSentId] = useState<string>();
  const action = useAction();
  const copy = texts.sendTest;
  const wrong = (address: string, problem: string) =>
    (tried || address !== "") && !looksLikeAddress(address) ? problem : "";

  async function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (!looksLikeAddress(from) || !looksLikeAddress(to)) return;
    await action.run(async () => {
      const { MessageId } = await call(sent, "POST", "/v2/email/outbound-emails", {
        FromEmailAddress: from.trim(),
        Destination: { ToAddresses: [to.trim()] },
        Content: {
          Simple: {
            Subject: { Data: subject, Charset: "UTF-8" },
            Body: {
              Text: { Data: text, Charset: "UTF-8" },
              ...(html ? { Html: { Data: html, Charset: "UTF-8" } } : {}),
            },
          },
        },
      });
      setSentId(MessageId);
    });
  }

  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={copy.description}>
        {copy.title}
      </Header>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Form
          actions={
            <Button variant="primary" formAction="submit" loading={action.busy}>
              {copy.submit}
            </Button>
          }
        >
          <Container>
            <SpaceBetween size="m">
              <FailureAlert failure={action.failure} />
              <FormField label={copy.from} description={copy.fromHint} errorText={wrong(from, copy.problems.from)}>
                <Input value={from} spellcheck={false} onChange={({ detail }) => setFrom(detail.value)} />
              </FormField>
              <FormField label={copy.to} description={copy.toHint} errorText={wrong(to, copy.problems.to)}>
                <Input value={to} spellcheck={false} onChange={({ detail }) => setTo(detail.value)} />
              </FormField>
              <SpaceBetween direction="horizontal" size="xs">
                {session.sandbox && (
                  <Button formAction="none" variant="inline-link" onClick={() => setTo("reader@inbox.example")}>
                    {copy.inboxChoice}
                  </Button>
                )}
                {Object.entries(copy.simulatorChoices).map(([local, label]) => (
                  <Button
                    key={local}
                    formAction="none"
                    variant="inline-link"
                    ariaLabel={`${copy.simulator}: ${label}`}
                    onClick={() => setTo(`${local}@simulator.${session.service_domain}`)}
                  >
                    {label}
                  </Button>
                ))}
              </SpaceBetween>
              <FormField label={copy.subject}>
                <Input value={subject} onChange={({ detail }) => setSubject(detail.value)} />
              </FormField>
              <FormField label={copy.text}>
                <Textarea rows={4} value={text} onChange={({ detail }) => setText(detail.value)} />
              </FormField>
              <FormField label={copy.html}>
                <Textarea rows={3} spellcheck={false} value={html} onChange={({ detail }) => setHtml(detail.value)} />
              </FormField>
            </SpaceBetween>
          </Container>
        </Form>
      </form>
      {sentId && <Outcome key={sentId} id={sentId} />}
    </SpaceBetween>
  );
}

const followed = 60; // looks, half a second apart

/** Follows one message: its events, and in the sandbox the verdict of the receiver that took it. */
function Outcome({ id }: { id: string }) {
  const session = useSession();
  const looks = useRef(0);
  const outcome = useLoaded(id, async (signal) => {
    looks.current += 1;
    const message = await call(messageDetail, "GET", path(["v2", "sesame", "messages", id]), undefined, signal);
    if (!session.sandbox) return { message, verdict: undefined };
    const inbox = await call(inboxPage, "GET", path(["v2", "sesame", "sandbox", "inbox"], { limit: 50 }), undefined, signal);
    return { message, verdict: inbox.messages.find((one) => one.api_message_id === id)?.verdict };
  });
  const { message, verdict } = outcome.value ?? {};
  const arrives = session.sandbox && !verdict && (message?.recipients.some(({ state }) => state === "delivered") ?? false);
  const goesOn = !outcome.failure && (!message || !message.finished || arrives);
  const [waiting, setWaiting] = useState(true);
  useEvery(500, () => {
    const more = goesOn && looks.current < followed;
    setWaiting(more);
    if (more && !outcome.loading) outcome.reload();
  });
  const copy = texts.sendTest;
  return (
    <SpaceBetween size="l">
      <div role="status">
        <Alert type="success" header={copy.sent} action={<Button href={href("messages", id)}>{copy.openMessage}</Button>}>
          <span className="name">{copy.sentDetail(id)}</span>
        </Alert>
      </div>
      <FailureAlert failure={outcome.failure} retry={outcome.reload} />
      <Section title={copy.verdict}>
        {verdict && <VerdictView verdict={verdict} />}
        {!verdict && waiting && <StatusIndicator type="loading">{copy.waiting}</StatusIndicator>}
        {!verdict && !waiting && <Box>{session.sandbox ? copy.notArrived : copy.noVerdict}</Box>}
      </Section>
      <Section title={copy.timeline}>
        {message ? <Timeline events={message.events} label={copy.timeline} /> : <StatusIndicator type="loading">{texts.loading}</StatusIndicator>}
      </Section>
    </SpaceBetween>
  );
}
