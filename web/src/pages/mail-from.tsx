// Set MAIL FROM Domain: the dialog, and the window with the records that follows the DNS until they are there.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { call, path } from "../lib/client";
import { useAction } from "../lib/hooks";
import { mailFromLabel, mailFromName, mailFromProblem } from "../lib/mail-from";
import { domainOf } from "../lib/names";
import { nothing, type Diagnosis, type EmailIdentity } from "../lib/shapes";
import { Delegation } from "../parts/delegation";
import { ProviderHelp } from "../parts/provider";
import { Records } from "../parts/records";
import { defaultMailFrom, useSession } from "../parts/session";
import { lower } from "../parts/status";
import { Dialog, FormDialog } from "../parts/dialog";
import { texts } from "../texts";

type Behavior = "USE_DEFAULT_VALUE" | "REJECT_MESSAGE";

interface DialogProps {
  name: string;
  identity: EmailIdentity;
  close: () => void;
  set: () => void; // it has been set: show the records
}

export function MailFromDialog({ name, identity, close, set }: DialogProps) {
  const parent = domainOf(name);
  const before = identity.MailFromAttributes;
  const [label, setLabel] = useState(before?.MailFromDomain ? mailFromLabel(before.MailFromDomain, parent) : "");
  const [behavior, setBehavior] = useState<Behavior>(before?.BehaviorOnMxFailure ?? "USE_DEFAULT_VALUE");
  const [tried, setTried] = useState(false);
  const action = useAction();
  const fallback = defaultMailFrom(useSession());
  const copy = texts.mailFrom;
  const problem = mailFromProblem(label, parent);

  async function submit() {
    setTried(true);
    if (problem) return;
    await action.run(async () => {
      await call(nothing, "PUT", path(["v2", "email", "identities", name, "mail-from"]), {
        MailFromDomain: mailFromName(label, parent),
        BehaviorOnMxFailure: behavior,
      });
      set();
    });
  }

  return (
    <FormDialog size="medium" header={copy.title} submit={copy.submit} action={action} onSubmit={() => void submit()} close={close}>
      <FormField
        label={copy.label}
        description={copy.hint}
        errorText={problem && (tried || label !== "") ? copy.problem(problem) : ""}
        constraintText={problem ? "" : copy.preview(mailFromName(label, parent))}
      >
        <div className="suffix-field">
          <Input
            value={label}
            placeholder={copy.placeholder}
            spellcheck={false}
            autoComplete="off"
            onChange={({ detail }) => setLabel(detail.value)}
          />
          <span className="name">{copy.parent(parent)}</span>
        </div>
      </FormField>
      <FormField label={copy.behavior}>
        <RadioGroup
          value={behavior}
          onChange={({ detail }) => setBehavior(detail.value as Behavior)}
          items={[
            { value: "USE_DEFAULT_VALUE", label: copy.useDefault(fallback), description: copy.useDefaultDetail },
            { value: "REJECT_MESSAGE", label: copy.reject, description: copy.rejectDetail },
          ]}
        />
      </FormField>
    </FormDialog>
  );
}

/** The state in words, announced to screen readers when it changes. */
export function MailFromState({ domain, status }: { domain: string; status: string }) {
  const copy = texts.records;
  const state = lower(status);
  const said = {
    pending: { type: "info" as const, header: copy.pendingTitle, text: copy.pendingDetail },
    success: { type: "success" as const, header: copy.confirmedTitle, text: copy.confirmedDetail(domain) },
    failed: { type: "error" as const, header: copy.failedTitle, text: copy.failedDetail },
    temporary_failure: { type: "warning" as const, header: copy.troubleTitle, text: copy.troubleDetail },
    not_started: null,
  }[state];
  if (!said) return null;
  return (
    <div role="status" aria-live="polite">
      <Alert type={said.type} header={said.header}>
        {said.text}
      </Alert>
    </div>
  );
}

interface WindowProps {
  domain: string;
  diagnosis: Diagnosis | undefined; // may be one from before the domain was set
  zone: string;
  live: boolean;
  publish: () => void; // at a provider, in the place of this window
  close: () => void;
}

export function MailFromWindow({ domain, diagnosis, zone, live, publish, close }: WindowProps) {
  const copy = texts.records;
  const status = (diagnosis?.mail_from?.domain === domain && diagnosis.mail_from.status) || "PENDING";
  const records = diagnosis?.records.filter((record) => record.purpose.startsWith("mail_from") && record.name === domain) ?? [];
  return (
    <Dialog
      size="max"
      header={<span className="name">{copy.windowTitle(domain)}</span>}
      close={close}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            {status !== "SUCCESS" && <Button onClick={publish}>{texts.publish.button}</Button>}
            <Button variant="primary" onClick={close}>
              {texts.close}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <MailFromState domain={domain} status={status} />
        {status !== "SUCCESS" && <Box>{copy.windowIntro}</Box>}
        {diagnosis && <ProviderHelp diagnosis={diagnosis} zone={zone} />}
        {records.length > 0 ? (
          <Records what={texts.identity.mailFromTitle} records={records} zone={zone} diagnosis={diagnosis} />
        ) : (
          <StatusIndicator type="loading">{texts.identity.looking}</StatusIndicator>
        )}
        {status !== "SUCCESS" && <Delegation domain={domain} zone={zone} diagnosis={diagnosis} />}
        <SpaceBetween direction="horizontal" size="m">
          <Box variant="small">{copy.onlyMx}</Box>
          <StatusIndicator type={live ? "in-progress" : "pending"}>
            {live ? texts.identity.live : texts.identity.notLive}
          </StatusIndicator>
        </SpaceBetween>
      </SpaceBetween>
    </Dialog>
  );
}
