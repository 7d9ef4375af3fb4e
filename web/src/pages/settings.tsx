// What applies to the whole account, and the operator's password.
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { useState, type FormEvent } from "react";
import { call } from "../lib/client";
import { useAction, useLoaded } from "../lib/hooks";
import { account, nothing, type Account } from "../lib/shapes";
import { showTime } from "../lib/time";
import { FailureAlert, useNotify } from "../parts/notices";
import { NewPasswordFields, passwordProblems } from "../parts/password";
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
      <Container header={<Header variant="h2">{copy.about}</Header>}>
        <KeyValuePairs
          columns={4}
          items={[
            { label: copy.domain, value: session.service_domain },
            { label: copy.region, value: session.region },
            { label: copy.account, value: session.account_id },
            { label: copy.session, value: showTime(session.expires) },
          ]}
        />
      </Container>
    </SpaceBetween>
  );
}

function Sending({ own, saved }: { own: Account; saved: () => void }) {
  const action = useAction();
  const notify = useNotify();
  const copy = texts.settings;
  const reasons = own.SuppressionAttributes.SuppressedReasons;

  async function change(path: string, body: unknown) {
    const done = await action.run(async () => {
      await call(nothing, "PUT", path, body);
    });
    if (done) notify("success", copy.saved);
    saved();
  }
  const suppress = (reason: string, on: boolean) =>
    change("/v2/email/account/suppression", {
      SuppressedReasons: on ? [...reasons, reason] : reasons.filter((one) => one !== reason),
    });

  return (
    <Container header={<Header variant="h2">{copy.sending}</Header>}>
      <SpaceBetween size="m">
        <FailureAlert failure={action.failure} />
        <Toggle
          checked={own.SendingEnabled}
          disabled={action.busy}
          description={copy.sendingDetail}
          onChange={({ detail }) => void change("/v2/email/account/sending", { SendingEnabled: detail.checked })}
        >
          {copy.sendingOn}
        </Toggle>
        <FormField label={copy.suppression}>
          <SpaceBetween size="xs">
            <Checkbox
              checked={reasons.includes("BOUNCE")}
              disabled={action.busy}
              onChange={({ detail }) => void suppress("BOUNCE", detail.checked)}
            >
              {copy.bounces}
            </Checkbox>
            <Checkbox
              checked={reasons.includes("COMPLAINT")}
              disabled={action.busy}
              onChange={({ detail }) => void suppress("COMPLAINT", detail.checked)}
            >
              {copy.complaints}
            </Checkbox>
          </SpaceBetween>
        </FormField>
      </SpaceBetween>
    </Container>
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

  async function submit(event: FormEvent) {
    event.preventDefault();
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
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Container header={<Header variant="h2">{copy.password}</Header>}>
        <Form
          actions={
            <Button formAction="submit" loading={action.busy}>
              {copy.change}
            </Button>
          }
        >
          <SpaceBetween size="m">
            <FailureAlert failure={action.failure} />
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
          </SpaceBetween>
        </Form>
      </Container>
    </form>
  );
}
