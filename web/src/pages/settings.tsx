// What applies to the whole account, and the operator's password.
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { useState } from "react";
import { call } from "../lib/client";
import { useAction, useLoaded } from "../lib/hooks";
import { account, nothing, type Account } from "../lib/shapes";
import { showTime } from "../lib/time";
import { FailureAlert, useNotify } from "../parts/notices";
import { NewPasswordFields, passwordProblems } from "../parts/password";
import { FormSection, Section, useSaving } from "../parts/section";
import { useSession } from "../parts/session";
import { texts } from "../texts";

export function SettingsPage() {
  const session = useSession();
  const own = useLoaded("account", (signal) => call(account, "GET", "/v2/email/account", undefined, signal));
  const copy = texts.settings;
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{copy.title}</Header>
      <FailureAlert failure={own.failure} retry={own.reload} />
      {own.value && <Sending own={own.value} saved={own.reload} />}
      <Password />
      <Section title={copy.about}>
        <KeyValuePairs
          columns={4}
          items={[
            { label: copy.domain, value: session.service_domain },
            { label: copy.region, value: session.region },
            { label: copy.account, value: session.account_id },
            { label: copy.session, value: showTime(session.expires) },
          ]}
        />
      </Section>
    </SpaceBetween>
  );
}

function Sending({ own, saved }: { own: Account; saved: () => void }) {
  const { action, save } = useSaving(saved);
  const copy = texts.settings;
  const reasons = own.SuppressionAttributes.SuppressedReasons;
  const suppress = (reason: string, on: boolean) =>
    save("/v2/email/account/suppression", {
      SuppressedReasons: on ? [...reasons, reason] : reasons.filter((one) => one !== reason),
    });

  return (
    <Section title={copy.sending}>
      <SpaceBetween size="m">
        <FailureAlert failure={action.failure} />
        <Toggle
          checked={own.SendingEnabled}
          disabled={action.busy}
          description={copy.sendingDetail}
          onChange={({ detail }) => save("/v2/email/account/sending", { SendingEnabled: detail.checked })}
        >
          {copy.sendingOn}
        </Toggle>
        <FormField label={copy.suppression}>
          <SpaceBetween size="xs">
            <Checkbox
              checked={reasons.includes("BOUNCE")}
              disabled={action.busy}
              onChange={({ detail }) => suppress("BOUNCE", detail.checked)}
            >
              {copy.bounces}
            </Checkbox>
            <Checkbox
              checked={reasons.includes("COMPLAINT")}
              disabled={action.busy}
              onChange={({ detail }) => suppress("COMPLAINT", detail.checked)}
            >
              {copy.complaints}
            </Checkbox>
          </SpaceBetween>
        </FormField>
      </SpaceBetween>
    </Section>
  );
}

function Password() {
  const byKey = useSession().access_key_id !== null;
  const [current, setCurrent] = useState("");
  const [value, setValue] = useState({ first: "", second: "" });
  const [tried, setTried] = useState(false);
  const action = useAction();
  const notify = useNotify();
  const copy = texts.settings;

  async function submit() {
    setTried(true);
    const problems = passwordProblems(value);
    if (problems.first || problems.second || (!byKey && current === "")) return;
    const done = await action.run(async () => {
      await call(nothing, "PUT", "/console/api/password", { current_password: current, new_password: value.first });
    });
    if (!done) return;
    notify("success", copy.changed);
    setCurrent("");
    setValue({ first: "", second: "" });
    setTried(false);
  }

  return (
    <FormSection title={copy.password} submit={copy.change} action={action} onSubmit={() => void submit()}>
      {!byKey && (
        <FormField label={copy.current} errorText={tried && current === "" ? texts.signIn.required : ""}>
          <Input
            type="password"
            autoComplete="current-password"
            value={current}
            onChange={({ detail }) => setCurrent(detail.value)}
          />
        </FormField>
      )}
      <NewPasswordFields value={value} labels={{ first: copy.next, second: copy.again }} tried={tried} change={setValue} />
    </FormSection>
  );
}
