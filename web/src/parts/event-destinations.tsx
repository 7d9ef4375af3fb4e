// Who is told of the events of a configuration set.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { call, path } from "../lib/client";
import { eventDestinations, eventKinds, type EventDestination } from "../lib/configuration-shapes";
import { useAction, useLoaded } from "../lib/hooks";
import { isWebUrl } from "../lib/names";
import { nothing } from "../lib/shapes";
import { loadEveryTopic } from "../lib/topics";
import { texts } from "../texts";
import { Table } from "./table";
import { Confirm } from "./confirm";
import { FormDialog } from "./dialog";
import { EmptyList } from "./empty";
import { FailureAlert } from "./notices";
import { RowButton } from "./row-button";
import { Section } from "./section";

type Shown = { kind: "none" } | { kind: "add" } | { kind: "edit" | "delete"; destination: EventDestination };

function elementsOf(set: string): string[] {
  return ["v2", "email", "configuration-sets", set, "event-destinations"];
}

function targetOf({ SnsDestination, WebhookDestination }: EventDestination): string {
  return SnsDestination?.TopicArn ?? WebhookDestination?.Url ?? texts.none;
}

export function EventDestinations({ set }: { set: string }) {
  const elements = elementsOf(set);
  const list = useLoaded(`destinations ${set}`, (signal) => call(eventDestinations, "GET", path(elements), undefined, signal));
  const [shown, setShown] = useState<Shown>({ kind: "none" });
  const copy = texts.destinations;
  const close = () => setShown({ kind: "none" });
  const add = <Button onClick={() => setShown({ kind: "add" })}>{copy.add}</Button>;
  return (
    <Section title={copy.title} description={copy.description} actions={add}>
      <FailureAlert failure={list.failure} retry={list.reload} />
      <Table
        variant="embedded"
        wrapLines
        loading={list.loading && !list.value}
        loadingText={texts.loading}
        items={list.value?.EventDestinations ?? []}
        trackBy="Name"
        ariaLabels={{ tableLabel: copy.table }}
        columnDefinitions={[
          { id: "name", header: copy.name, isRowHeader: true, minWidth: 120, cell: (one) => <span className="name">{one.Name}</span> },
          {
            id: "state",
            header: copy.state,
            minWidth: 80,
            cell: (one) => <StatusIndicator type={one.Enabled ? "success" : "stopped"}>{one.Enabled ? copy.on : copy.off}</StatusIndicator>,
          },
          { id: "events", header: copy.events, minWidth: 160, cell: (one) => one.MatchingEventTypes.map((kind) => copy.kinds[kind] ?? kind).join(", ") },
          { id: "target", header: copy.target, minWidth: 200, cell: (one) => <span className="name">{targetOf(one)}</span> },
          {
            id: "actions",
            header: texts.actions,
            minWidth: 130,
            cell: (one) => (
              <SpaceBetween direction="horizontal" size="s">
                <RowButton word={copy.edit} row={one.Name} onClick={() => setShown({ kind: "edit", destination: one })} />
                <RowButton word={copy.delete} row={one.Name} onClick={() => setShown({ kind: "delete", destination: one })} />
              </SpaceBetween>
            ),
          },
        ]}
        empty={<EmptyList title={copy.empty} detail={copy.emptyDetail} />}
      />
      {(shown.kind === "add" || shown.kind === "edit") && (
        <DestinationForm set={set} before={shown.kind === "edit" ? shown.destination : undefined} close={close} saved={list.reload} />
      )}
      {shown.kind === "delete" && (
        <Confirm
          title={copy.deleteTitle}
          detail={copy.deleteDetail(shown.destination.Name)}
          action={copy.delete}
          close={close}
          work={async () => {
            await call(nothing, "DELETE", path([...elements, shown.destination.Name]));
            list.reload();
          }}
        />
      )}
    </Section>
  );
}

interface DestinationFormProps {
  set: string;
  before: EventDestination | undefined;
  close: () => void;
  saved: () => void;
}

function DestinationForm({ set, before, close, saved }: DestinationFormProps) {
  const [name, setName] = useState(before?.Name ?? "");
  const [enabled, setEnabled] = useState(before?.Enabled ?? true);
  const [kinds, setKinds] = useState<string[]>(before?.MatchingEventTypes ?? ["BOUNCE", "COMPLAINT", "DELIVERY"]);
  const [target, setTarget] = useState(before?.WebhookDestination ? "webhook" : "topic");
  const [topic, setTopic] = useState(before?.SnsDestination?.TopicArn ?? "");
  const [url, setUrl] = useState(before?.WebhookDestination?.Url ?? "");
  const [tried, setTried] = useState(false);
  const action = useAction();
  const topics = useLoaded("topics", loadEveryTopic);
  const copy = texts.destinations;
  const problems = {
    name: /^[A-Za-z0-9_-]{1,64}$/.test(name) ? "" : texts.sets.nameProblem,
    kinds: kinds.length > 0 ? "" : copy.eventsProblem,
    topic: target === "topic" && topic === "" ? copy.topicProblem : "",
    url: target === "webhook" && !isWebUrl(url) ? copy.urlProblem : "",
  };

  async function submit() {
    setTried(true);
    if (Object.values(problems).some((problem) => problem !== "")) return;
    await action.run(async () => {
      const EventDestination = {
        Enabled: enabled,
        MatchingEventTypes: kinds,
        ...(target === "topic" ? { SnsDestination: { TopicArn: topic } } : { WebhookDestination: { Url: url.trim() } }),
      };
      if (before) await call(nothing, "PUT", path([...elementsOf(set), before.Name]), { EventDestination });
      else await call(nothing, "POST", path(elementsOf(set)), { EventDestinationName: name, EventDestination });
      saved();
      close();
    });
  }

  const options = (topics.value ?? []).map(({ arn, name: label }) => ({ value: arn, label }));
  return (
    <FormDialog
      size="medium"
      header={before ? <span className="name">{copy.editTitle(before.Name)}</span> : copy.addTitle}
      submit={before ? copy.save : copy.add}
      action={action}
      onSubmit={() => void submit()}
      close={close}
    >
      {!before && (
        <FormField label={copy.name} description={texts.sets.nameHint} errorText={tried || name !== "" ? problems.name : ""}>
          <Input value={name} spellcheck={false} autoComplete="off" onChange={({ detail }) => setName(detail.value)} />
        </FormField>
      )}
      <Checkbox checked={enabled} onChange={({ detail }) => setEnabled(detail.checked)}>
        {copy.enabled}
      </Checkbox>
      <FormField label={copy.events} errorText={tried ? problems.kinds : ""} stretch>
        <ColumnLayout columns={3}>
          {eventKinds.map((kind) => (
            <Checkbox
              key={kind}
              checked={kinds.includes(kind)}
              onChange={({ detail }) => setKinds((all) => (detail.checked ? [...all, kind] : all.filter((one) => one !== kind)))}
            >
              {copy.kinds[kind]}
            </Checkbox>
          ))}
        </ColumnLayout>
      </FormField>
      <FormField label={copy.target}>
        <RadioGroup
          value={target}
          onChange={({ detail }) => setTarget(detail.value)}
          items={[
            { value: "topic", label: copy.topic, description: copy.topicHint },
            { value: "webhook", label: copy.webhook, description: copy.urlHint },
          ]}
        />
      </FormField>
      {target === "topic" && <FailureAlert failure={topics.failure} retry={topics.reload} />}
      {target === "topic" &&
        (topics.value && options.length === 0 ? (
          <Box>{copy.noTopics}</Box>
        ) : (
          <FormField label={copy.topicField} errorText={tried ? problems.topic : ""}>
            <Select
              selectedOption={options.find(({ value }) => value === topic) ?? (topic ? { value: topic } : null)}
              options={options}
              {...(topics.value ? {} : { statusType: topics.failure ? ("error" as const) : ("loading" as const) })}
              loadingText={texts.loading}
              errorText={texts.errors.loadFailed}
              filteringType="auto"
              filteringAriaLabel={texts.topics.find}
              placeholder={copy.topicChoose}
              onChange={({ detail }) => setTopic(detail.selectedOption.value ?? "")}
            />
          </FormField>
        ))}
      {target === "webhook" && (
        <FormField label={copy.url} errorText={tried || url !== "" ? problems.url : ""}>
          <Input value={url} type="url" spellcheck={false} onChange={({ detail }) => setUrl(detail.value)} />
        </FormField>
      )}
    </FormDialog>
  );
}
