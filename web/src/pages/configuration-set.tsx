// One configuration set: its rules, each saved by itself, and who is told of its events.
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import Toggle from "@cloudscape-design/components/toggle";
import { useState, type FormEvent, type ReactNode } from "react";
import { call, path } from "../lib/client";
import { configurationSet, type ConfigurationSet } from "../lib/configuration-shapes";
import { useAction, useLoaded } from "../lib/hooks";
import { go, href } from "../lib/router";
import { nothing } from "../lib/shapes";
import { Confirm } from "../parts/confirm";
import { EventDestinations } from "../parts/event-destinations";
import { FailureAlert, useNotify } from "../parts/notices";
import { texts } from "../texts";

const base = ["v2", "email", "configuration-sets"];

export function ConfigurationSetPage({ name }: { name: string }) {
  const set = useLoaded(name, (signal) => call(configurationSet, "GET", path([...base, name]), undefined, signal));
  const [deleting, setDeleting] = useState(false);
  const copy = texts.sets;
  return (
    <SpaceBetween size="l">
      <BreadcrumbGroup
        ariaLabel={copy.breadcrumb}
        items={[
          { text: copy.breadcrumb, href: "#/configuration-sets" },
          { text: name, href: href("configuration-sets", name) },
        ]}
      />
      <Header
        variant="h1"
        actions={
          <Button disabled={!set.value} onClick={() => setDeleting(true)}>
            {copy.delete}
          </Button>
        }
      >
        <span className="name">{name}</span>
      </Header>
      <FailureAlert failure={set.failure} retry={set.reload} />
      {!set.value && !set.failure && <Spinner size="large" />}
      {set.value && (
        <SpaceBetween size="l">
          <EventDestinations set={name} />
          <Sending set={set.value} saved={set.reload} />
          <Delivery set={set.value} saved={set.reload} />
          <Suppression set={set.value} saved={set.reload} />
          <Tracking set={set.value} saved={set.reload} />
        </SpaceBetween>
      )}
      {deleting && (
        <Confirm
          title={copy.deleteTitle}
          detail={copy.deleteDetail(name)}
          action={copy.delete}
          close={() => setDeleting(false)}
          work={async () => {
            await call(nothing, "DELETE", path([...base, name]));
            go("#/configuration-sets");
          }}
        />
      )}
    </SpaceBetween>
  );
}

interface PartProps {
  set: ConfigurationSet;
  saved: () => void;
}

/** Saves one kind of options, and says so. */
function useSaving({ set, saved }: PartProps) {
  const action = useAction();
  const notify = useNotify();
  async function save(options: string, body: unknown) {
    const done = await action.run(async () => {
      await call(nothing, "PUT", path([...base, set.ConfigurationSetName, options]), body);
    });
    if (done) notify("success", texts.sets.saved);
    saved();
  }
  return { action, save };
}

function Sending(props: PartProps) {
  const { action, save } = useSaving(props);
  const copy = texts.sets;
  return (
    <Container header={<Header variant="h2">{copy.sending}</Header>}>
      <SpaceBetween size="m">
        <FailureAlert failure={action.failure} />
        <Toggle
          checked={props.set.SendingOptions.SendingEnabled}
          disabled={action.busy}
          description={copy.sendingDetail}
          onChange={({ detail }) => void save("sending", { SendingEnabled: detail.checked })}
        >
          {copy.sendingOn}
        </Toggle>
        <Toggle
          checked={props.set.ReputationOptions.ReputationMetricsEnabled}
          disabled={action.busy}
          onChange={({ detail }) => void save("reputation-options", { ReputationMetricsEnabled: detail.checked })}
        >
          {copy.reputation}
        </Toggle>
      </SpaceBetween>
    </Container>
  );
}

interface FormProps {
  title: string;
  description?: string;
  action: ReturnType<typeof useAction>;
  submit: () => void;
  children: ReactNode;
}

function OptionsForm({ title, description, action, submit, children }: FormProps) {
  const send = (event: FormEvent) => {
    event.preventDefault();
    submit();
  };
  return (
    <form onSubmit={send} noValidate>
      <Container
        header={
          <Header variant="h2" description={description ?? ""}>
            {title}
          </Header>
        }
      >
        <Form
          actions={
            <Button formAction="submit" loading={action.busy} ariaLabel={`${texts.sets.save}: ${title}`}>
              {texts.sets.save}
            </Button>
          }
        >
          <SpaceBetween size="m">
            <FailureAlert failure={action.failure} />
            {children}
          </SpaceBetween>
        </Form>
      </Container>
    </form>
  );
}

function Delivery(props: PartProps) {
  const options = props.set.DeliveryOptions;
  const [tls, setTls] = useState<string>(options.TlsPolicy);
  const [seconds, setSeconds] = useState(options.MaxDeliverySeconds === undefined ? "" : String(options.MaxDeliverySeconds));
  const { action, save } = useSaving(props);
  const copy = texts.sets;
  const given = seconds.trim();
  const wrong = given !== "" && !(/^\d{1,6}$/.test(given) && Number(given) >= 300 && Number(given) <= 50400);
  return (
    <OptionsForm
      title={copy.delivery}
      action={action}
      submit={() => {
        if (wrong) return;
        const { SendingPoolName } = options; // what is not named is unset
        void save("delivery-options", { TlsPolicy: tls, SendingPoolName, ...(given === "" ? {} : { MaxDeliverySeconds: Number(given) }) });
      }}
    >
      <FormField label={copy.tls}>
        <RadioGroup
          value={tls}
          onChange={({ detail }) => setTls(detail.value)}
          items={[
            { value: "OPTIONAL", label: copy.tlsOptional },
            { value: "REQUIRE", label: copy.tlsRequired },
          ]}
        />
      </FormField>
      <FormField label={copy.maxDelivery} description={copy.maxDeliveryHint} errorText={wrong ? copy.maxDeliveryProblem : ""}>
        <Input value={seconds} inputMode="numeric" onChange={({ detail }) => setSeconds(detail.value)} />
      </FormField>
    </OptionsForm>
  );
}

function Suppression(props: PartProps) {
  const own = props.set.SuppressionOptions?.SuppressedReasons;
  const [mode, setMode] = useState(own ? "own" : "account");
  const [reasons, setReasons] = useState<string[]>(own ?? ["BOUNCE", "COMPLAINT"]);
  const { action, save } = useSaving(props);
  const copy = texts.sets;
  const choose = (reason: string, on: boolean) =>
    setReasons((before) => (on ? [...before, reason] : before.filter((one) => one !== reason)));
  return (
    <OptionsForm
      title={copy.suppression}
      action={action}
      submit={() => void save("suppression-options", mode === "own" ? { SuppressedReasons: reasons } : {})}
    >
      <RadioGroup
        ariaLabel={copy.suppression}
        value={mode}
        onChange={({ detail }) => setMode(detail.value)}
        items={[
          { value: "account", label: copy.suppressionAccount },
          { value: "own", label: copy.suppressionOwn },
        ]}
      />
      {mode === "own" && (
        <SpaceBetween size="xs">
          <Checkbox checked={reasons.includes("BOUNCE")} onChange={({ detail }) => choose("BOUNCE", detail.checked)}>
            {copy.suppressionBounce}
          </Checkbox>
          <Checkbox checked={reasons.includes("COMPLAINT")} onChange={({ detail }) => choose("COMPLAINT", detail.checked)}>
            {copy.suppressionComplaint}
          </Checkbox>
        </SpaceBetween>
      )}
    </OptionsForm>
  );
}

function Tracking(props: PartProps) {
  const options = props.set.TrackingOptions;
  const [domain, setDomain] = useState(options?.CustomRedirectDomain ?? "");
  const [https, setHttps] = useState(options?.HttpsPolicy ?? "OPTIONAL");
  const { action, save } = useSaving(props);
  const copy = texts.sets;
  const choices = Object.entries(copy.httpsChoices).map(([value, label]) => ({ value, label }));
  const name = domain.trim();
  return (
    <OptionsForm
      title={copy.tracking}
      description={copy.trackingDetail}
      action={action}
      submit={() => void save("tracking-options", { HttpsPolicy: https, ...(name === "" ? {} : { CustomRedirectDomain: name }) })}
    >
      <FormField label={copy.redirectDomain} description={copy.redirectDomainHint}>
        <Input value={domain} spellcheck={false} autoComplete="off" onChange={({ detail }) => setDomain(detail.value)} />
      </FormField>
      <FormField label={copy.https}>
        <Select
          selectedOption={choices.find(({ value }) => value === https) ?? null}
          options={choices}
          onChange={({ detail }) => setHttps(detail.selectedOption.value ?? "OPTIONAL")}
        />
      </FormField>
    </OptionsForm>
  );
}
