// One configuration set: its rules, each saved by itself, and who is told of its events.
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { useState } from "react";
import { call, path } from "../lib/client";
import { configurationSet, type ConfigurationSet } from "../lib/configuration-shapes";
import { useLoaded } from "../lib/hooks";
import { EventDestinations } from "../parts/event-destinations";
import { DeleteItem, ItemPage } from "../parts/item";
import { FailureAlert } from "../parts/notices";
import { FormSection, Section, useSaving } from "../parts/section";
import { texts } from "../texts";

const base = ["v2", "email", "configuration-sets"];

export function ConfigurationSetPage({ name }: { name: string }) {
  const set = useLoaded(name, (signal) => call(configurationSet, "GET", path([...base, name]), undefined, signal));
  const copy = texts.sets;
  return (
    <ItemPage
      list={{ page: "configuration-sets", title: copy.title }}
      id={name}
      loaded={set}
      actions={<DeleteItem words={copy} name={name} disabled={!set.value} elements={[...base, name]} to="configuration-sets" />}
    >
      {(value) => (
        <SpaceBetween size="l">
          <EventDestinations set={name} />
          <Sending set={value} saved={set.reload} />
          <Delivery set={value} saved={set.reload} />
          <Suppression set={value} saved={set.reload} />
          <Tracking set={value} saved={set.reload} />
        </SpaceBetween>
      )}
    </ItemPage>
  );
}

interface PartProps {
  set: ConfigurationSet;
  saved: () => void;
}

/** Saves one kind of options. */
function useOptions({ set, saved }: PartProps, options: string) {
  const { action, save } = useSaving(saved);
  return { action, save: (body: unknown) => save(path([...base, set.ConfigurationSetName, options]), body) };
}

function Sending(props: PartProps) {
  const sending = useOptions(props, "sending");
  const reputation = useOptions(props, "reputation-options");
  const copy = texts.sets;
  return (
    <Section title={copy.sending}>
      <SpaceBetween size="m">
        <FailureAlert failure={sending.action.failure ?? reputation.action.failure} />
        <Toggle
          checked={props.set.SendingOptions.SendingEnabled}
          disabled={sending.action.busy}
          description={copy.sendingDetail}
          onChange={({ detail }) => sending.save({ SendingEnabled: detail.checked })}
        >
          {copy.sendingOn}
        </Toggle>
        <Toggle
          checked={props.set.ReputationOptions.ReputationMetricsEnabled}
          disabled={reputation.action.busy}
          onChange={({ detail }) => reputation.save({ ReputationMetricsEnabled: detail.checked })}
        >
          {copy.reputation}
        </Toggle>
      </SpaceBetween>
    </Section>
  );
}

function Delivery(props: PartProps) {
  const options = props.set.DeliveryOptions;
  const [tls, setTls] = useState<string>(options.TlsPolicy);
  const [seconds, setSeconds] = useState(options.MaxDeliverySeconds === undefined ? "" : String(options.MaxDeliverySeconds));
  const { action, save } = useOptions(props, "delivery-options");
  const copy = texts.sets;
  const given = seconds.trim();
  const wrong = given !== "" && !(/^\d{1,6}$/.test(given) && Number(given) >= 300 && Number(given) <= 50400);
  return (
    <FormSection
      title={copy.delivery}
      submit={copy.save}
      action={action}
      onSubmit={() => {
        if (wrong) return;
        const { SendingPoolName } = options; // what is not named is unset
        save({ TlsPolicy: tls, SendingPoolName, ...(given === "" ? {} : { MaxDeliverySeconds: Number(given) }) });
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
    </FormSection>
  );
}

function Suppression(props: PartProps) {
  const own = props.set.SuppressionOptions?.SuppressedReasons;
  const [mode, setMode] = useState(own ? "own" : "account");
  const [reasons, setReasons] = useState<string[]>(own ?? ["BOUNCE", "COMPLAINT"]);
  const { action, save } = useOptions(props, "suppression-options");
  const copy = texts.sets;
  const choose = (reason: string, on: boolean) =>
    setReasons((before) => (on ? [...before, reason] : before.filter((one) => one !== reason)));
  return (
    <FormSection
      title={copy.suppression}
      submit={copy.save}
      action={action}
      onSubmit={() => save(mode === "own" ? { SuppressedReasons: reasons } : {})}
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
    </FormSection>
  );
}

function Tracking(props: PartProps) {
  const options = props.set.TrackingOptions;
  const [domain, setDomain] = useState(options?.CustomRedirectDomain ?? "");
  const [https, setHttps] = useState(options?.HttpsPolicy ?? "OPTIONAL");
  const { action, save } = useOptions(props, "tracking-options");
  const copy = texts.sets;
  const choices = Object.entries(copy.httpsChoices).map(([value, label]) => ({ value, label }));
  const name = domain.trim();
  return (
    <FormSection
      title={copy.tracking}
      description={copy.trackingDetail}
      submit={copy.save}
      action={action}
      onSubmit={() => save({ HttpsPolicy: https, ...(name === "" ? {} : { CustomRedirectDomain: name }) })}
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
    </FormSection>
  );
}
