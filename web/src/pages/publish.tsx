// Publishing the records of a domain at its DNS provider: what would change, what is in the way, done, taken back.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import RadioGroup from "@cloudscape-design/components/radio-group";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useMemo, useState } from "react";
import { call, path } from "../lib/client";
import {
  conflictDetails,
  connectionList,
  preview as previewShape,
  providerKinds,
  published as publishedShape,
  type Connection,
  type Preview,
  type ProviderKinds,
  type Publication,
} from "../lib/dns-shapes";
import { asFailure, useAction, useLoaded } from "../lib/hooks";
import type { Diagnosis } from "../lib/shapes";
import { ConnectionForm } from "../parts/connection-form";
import { Dialog, Ways } from "../parts/dialog";
import { Changes, conflictKey, Conflicts } from "../parts/dns-changes";
import { DomainConnect } from "../parts/domain-connect";
import { FailureAlert } from "../parts/notices";
import { useProvider } from "../parts/provider";
import { Undo } from "../parts/publications";
import { PublishedStates, type PublishedStatesProps } from "../parts/status";
import { texts } from "../texts";

interface PublishProps extends PublishedStatesProps {
  name: string;
  diagnosis: Diagnosis | undefined;
  zone: string;
  close: () => void;
  changed: () => void; // something was published or taken back
}

export function PublishDialog(props: PublishProps) {
  const { name, diagnosis, zone, close } = props;
  const [publication, setPublication] = useState<Publication>();
  const [connecting, setConnecting] = useState(false);
  const [chosen, setChosen] = useState<string>();
  const connections = useLoaded(`connections ${name}`, (signal) =>
    call(connectionList, "GET", path(["v2", "sesame", "dns", "connections"], { identity: name }), undefined, signal),
  );
  const kinds = useLoaded("kinds", (signal) => call(providerKinds, "GET", "/v2/sesame/dns/providers", undefined, signal));
  const provider = useProvider(diagnosis, zone);
  const copy = texts.publish;
  const all = connections.value?.connections ?? [];
  const connection = all.find(({ id }) => id === chosen) ?? all[0];

  if (connecting && kinds.value) {
    const kind = kinds.value.kinds.find((one) => provider && one.provider_names.includes(provider.name))?.kind;
    return (
      <ConnectionForm
        kinds={kinds.value.kinds}
        suggested={{ kind, zone }}
        close={() => setConnecting(false)}
        saved={({ id }) => {
          setChosen(id);
          setConnecting(false);
          connections.reload();
        }}
      />
    );
  }
  if (publication) return <Done {...props} publication={publication} set={setPublication} />;
  const header = <span className="name">{copy.title(name)}</span>;
  const connect = (
    <Button disabled={!kinds.value} onClick={() => setConnecting(true)}>
      {all.length > 0 ? copy.connectAnother : texts.connections.connect}
    </Button>
  );
  if (connection && kinds.value) {
    return (
      <Prepare
        {...props}
        key={connection.id}
        header={header}
        connections={all}
        connection={connection}
        kinds={kinds.value}
        choose={setChosen}
        connect={connect}
        done={(made) => {
          setPublication(made);
          props.changed();
        }}
      />
    );
  }
  return (
    <Dialog header={header} close={close} footer={<Box float="right">{<Button onClick={close}>{texts.close}</Button>}</Box>}>
      <SpaceBetween size="m">
        <FailureAlert failure={connections.failure ?? kinds.failure} retry={() => [connections, kinds].forEach((one) => one.reload())} />
        {connections.value && kinds.value ? (
          <SpaceBetween size="l">
            <SpaceBetween size="xs">
              <Box variant="strong">{copy.noConnection}</Box>
              <Box>{copy.noConnectionDetail}</Box>
              {connect}
            </SpaceBetween>
            <DomainConnect name={name} diagnosis={diagnosis} dkimStatus={props.dkimStatus} mailFromStatus={props.mailFromStatus} />
          </SpaceBetween>
        ) : (
          !connections.failure && !kinds.failure && <Spinner size="large" />
        )}
      </SpaceBetween>
    </Dialog>
  );
}

interface PrepareProps extends PublishProps {
  header: React.ReactNode;
  connections: Connection[];
  connection: Connection;
  kinds: ProviderKinds;
  choose: (id: string) => void;
  connect: React.ReactNode;
  done: (publication: Publication) => void;
}

type MailFromMode = "records" | "delegation";

function Prepare({ name, diagnosis, header, connections, connection, kinds, choose, connect, done, close }: PrepareProps) {
  const [mailFrom, setMailFrom] = useState<MailFromMode>("records");
  const [dmarc, setDmarc] = useState(false);
  const [accepted, setAccepted] = useState<ReadonlySet<string>>(new Set());
  const [stale, setStale] = useState<string>();
  const publishing = useAction();
  const copy = texts.publish;
  const body = useMemo(
    () => ({
      connection: connection.id,
      mail_from: mailFrom,
      ...(dmarc ? { include: ["dkim", "mail_from", "verification", "dmarc"] } : {}),
      replace: [...accepted].map((key) => ({ name: key.slice(0, key.lastIndexOf(" ")), type: key.slice(key.lastIndexOf(" ") + 1) })),
    }),
    [connection.id, mailFrom, dmarc, accepted],
  );
  const elements = ["v2", "sesame", "identities", name, "records"];
  const preview = useLoaded(JSON.stringify(body), (signal) =>
    call(previewShape, "POST", path([...elements, "preview"]), body, signal),
  );
  // The last one stays while the next is read: the page does not jump when a choice is made.
  const [shown, setShown] = useState<Preview>();
  if (preview.value && preview.value !== shown) setShown(preview.value);

  async function submit() {
    if (!preview.value) return;
    const { seen } = preview.value;
    setStale(undefined);
    await publishing.run(async () => {
      try {
        const { publication } = await call(publishedShape, "POST", path([...elements, "publish"]), { ...body, seen });
        done(publication);
      } catch (problem) {
        const failure = asFailure(problem);
        if (failure.type !== "ConflictException") throw problem;
        setStale(changedWords(failure.details) || failure.message);
        preview.reload();
      }
    });
  }

  const changes = preview.value?.changes.length ?? 0;
  const atomic = kinds.kinds.find(({ kind }) => kind === connection.kind)?.atomic ?? true;
  return (
    <Dialog
      size="large"
      header={header}
      close={close}
      footer={
        <Ways cancel={close}>
          <Button variant="primary" disabled={changes === 0 || preview.loading} loading={publishing.busy} onClick={() => void submit()}>
            {copy.submit(changes)}
          </Button>
        </Ways>
      }
    >
      <SpaceBetween size="m">
        <FailureAlert failure={publishing.failure} />
        {stale && (
          <Alert type="warning" header={copy.again}>
            <span className="name">{stale}</span>
          </Alert>
        )}
        <FormField label={copy.where}>
          <SpaceBetween direction="horizontal" size="xs">
            <Select
              ariaLabel={copy.where}
              selectedOption={{ value: connection.id, label: connection.label }}
              options={connections.map(({ id, label, zone }) => ({ value: id, label, description: zone }))}
              onChange={({ detail }) => choose(detail.selectedOption.value ?? "")}
            />
            {connect}
          </SpaceBetween>
        </FormField>
        {kinds.delegation.offered && diagnosis?.mail_from && (
          <FormField label={copy.mailFrom}>
            <RadioGroup
              value={mailFrom}
              onChange={({ detail }) => setMailFrom(detail.value as MailFromMode)}
              items={[
                { value: "records", label: copy.byRecords, description: copy.byRecordsDetail },
                { value: "delegation", label: copy.byDelegation, description: copy.byDelegationDetail(kinds.delegation.name_server ?? "") },
              ]}
            />
          </FormField>
        )}
        {!diagnosis?.dmarc?.policy && (
          <Checkbox checked={dmarc} description={copy.dmarcDetail} onChange={({ detail }) => setDmarc(detail.checked)}>
            {copy.dmarc}
          </Checkbox>
        )}
        <div aria-busy={preview.loading} aria-live="polite">
          <SpaceBetween size="m">
            <Box variant="h3">{copy.preview}</Box>
            <FailureAlert failure={preview.failure} retry={preview.reload} />
            {!shown && !preview.failure && <StatusIndicator type="loading">{copy.looking}</StatusIndicator>}
            {shown && !preview.failure && (
              <Shown
                preview={shown}
                accepted={accepted}
                decide={(key, replace) =>
                  setAccepted((before) => {
                    const after = new Set(before);
                    if (replace) after.add(key);
                    else after.delete(key);
                    return after;
                  })
                }
              />
            )}
            {!atomic && changes > 1 && <Box variant="small">{copy.notAtomic}</Box>}
          </SpaceBetween>
        </div>
      </SpaceBetween>
    </Dialog>
  );
}

/** What a ConflictException says about records that are others now. */
function changedWords(details: unknown): string {
  if (conflictDetails.fault(details, "") !== null) return "";
  const { changed } = details as { changed?: { name: string; type: string; found: string[] }[] };
  return (changed ?? [])
    .map(({ name, type, found }) => texts.publish.changedMeanwhile(name, type, found.join(" · ") || texts.publish.nothing))
    .join("; ");
}

interface ShownProps {
  preview: Preview;
  accepted: ReadonlySet<string>;
  decide: (key: string, replace: boolean) => void;
}

function Shown({ preview, accepted, decide }: ShownProps) {
  const copy = texts.publish;
  const { changes, unchanged, conflicts } = preview;
  return (
    <SpaceBetween size="m">
      <Conflicts conflicts={conflicts} accepted={accepted} decide={(conflict, replace) => decide(conflictKey(conflict), replace)} />
      {changes.length > 0 ? (
        <Changes changes={changes} />
      ) : (
        <Alert type={conflicts.length > 0 ? "info" : "success"}>{conflicts.length > 0 ? copy.onlyConflicts : copy.nothingToDo}</Alert>
      )}
      {unchanged.length > 0 && (
        <ExpandableSection headerText={copy.unchanged(unchanged.length)}>
          {unchanged.map(({ name, type, values }) => (
            <div className="name" key={`${name} ${type}`}>
              <Box variant="small">{`${name} ${type}: ${values.join(" · ")}`}</Box>
            </div>
          ))}
        </ExpandableSection>
      )}
    </SpaceBetween>
  );
}

interface DoneProps extends PublishProps {
  publication: Publication;
  set: (publication: Publication) => void;
}

/** The states go on changing behind it: the page follows the DNS. */
function Done({ name, dkimStatus, mailFromStatus, publication, set, close, changed }: DoneProps) {
  const copy = texts.publish;
  const said =
    publication.status === "undone"
      ? { type: "info" as const, header: copy.states.undone, detail: copy.undone }
      : publication.status === "uncertain"
        ? { type: "warning" as const, header: copy.uncertainTitle, detail: copy.uncertainDetail }
        : { type: "success" as const, header: copy.doneTitle, detail: copy.doneDetail(publication.connection.zone) };
  return (
    <Dialog
      size="large"
      header={<span className="name">{copy.title(name)}</span>}
      close={close}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            {publication.can_undo && (
              <Undo
                name={name}
                publication={publication}
                undone={(after) => {
                  set(after);
                  changed();
                }}
              />
            )}
            <Button variant="primary" onClick={close}>
              {copy.close}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <div role="status" aria-live="polite">
          <Alert type={said.type} header={said.header}>
            <span className="name">{said.detail}</span>
          </Alert>
        </div>
        <PublishedStates dkimStatus={dkimStatus} mailFromStatus={mailFromStatus} />
        <Changes changes={publication.changes} made />
      </SpaceBetween>
    </Dialog>
  );
}
