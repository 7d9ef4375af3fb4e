// Send a test email: a real message, and what became of it as it happens.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Textarea from "@cloudscape-design/components/textarea";
import { useEffect, useState, type FormEvent } from "react";
import { looksLikeAddress } from "../lib/addresses";
import { call, path } from "../lib/client";
import { useAction } from "../lib/hooks";
import { href } from "../lib/router";
import { inboxPage, messageDetail, sent, type MessageDetail, type Verdict } from "../lib/shapes";
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

const rounds = 60; // of asking, half a second apart

/** Follows one message: its events, and in the sandbox the verdict of the receiver that took it. */
function Outcome({ id }: { id: string }) {
  const session = useSession();
  const [message, setMessage] = useState<MessageDetail>();
  const [verdict, setVerdict] = useState<Verdict>();
  const [waiting, setWaiting] = useState(true);
  const copy = texts.sendTest;
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    async function follow() {
      for (let round = 0; round < rounds && !signal.aborted; ++round) {
        const now = await call(messageDetail, "GET", path(["v2", "sesame", "messages", id]), undefined, signal);
        setMessage(now);
        let arrived = !session.sandbox;
        if (session.sandbox) {
          const inbox = await call(inboxPage, "GET", path(["v2", "sesame", "sandbox", "inbox"], { limit: 50 }), undefined, signal);
          const found = inbox.messages.find((one) => one.api_message_id === id);
          if (found) setVerdict(found.verdict);
          arrived = found !== undefined || now.recipients.every((recipient) => recipient.state !== "delivered");
        }
        if (now.finished && arrived) break;
        await new Promise((later) => window.setTimeout(later, 500));
      }
      setWaiting(false);
    }
    follow().catch(() => {
      if (!signal.aborted) setWaiting(false);
    });
    return () => controller.abort();
  }, [id, session.sandbox]);
  return (
    <SpaceBetween size="l">
      <div role="status">
        <Alert type="success" header={copy.sent} action={<Button href={href("messages", id)}>{copy.openMessage}</Button>}>
          <span className="name">{copy.sentDetail(id)}</span>
        </Alert>
      </div>
      <Section title={copy.verdict}>
        {verdict && <VerdictView verdict={verdict} />}
        {!verdict && waiting && <StatusIndicator type="loading">{copy.waiting}</StatusIndicator>}
        {!verdict && !waiting && <Box>{copy.noVerdict}</Box>}
      </Section>
      <Section title={copy.timeline}>
        {message ? <Timeline events={message.events} label={copy.timeline} /> : <StatusIndicator type="loading">{texts.loading}</StatusIndicator>}
      </Section>
      {message && message.recipients.length > 0 && (
        <Link href={href("messages", id)}>{copy.openMessage}</Link>
      )}
    </SpaceBetween>
  );
}
