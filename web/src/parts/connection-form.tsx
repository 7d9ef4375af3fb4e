// Connecting a DNS provider, or changing a connection: the form is as the service describes it for each kind. Secrets go
// one way: no answer ever holds one.
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import Box from "@cloudscape-design/components/box";
import { useState } from "react";
import { call, path } from "../lib/client";
import { connection as connectionShape, type Connection, type ConnectionField, type ProviderKind } from "../lib/dns-shapes";
import { useAction } from "../lib/hooks";
import { canonicalName, domainProblem } from "../lib/names";
import { texts } from "../texts";
import { FormDialog } from "./dialog";

const base = ["v2", "sesame", "dns", "connections"];

interface ConnectionFormProps {
  kinds: ProviderKind[];
  /** Of a connection that is changed; else one is made. */
  connection?: Connection | undefined;
  /** What a new one begins with. */
  suggested?: { kind?: string | undefined; zone: string };
  close: () => void;
  saved: (connection: Connection) => void;
}

type Values = Record<string, string>;

function initialValues(kind: ProviderKind | undefined, connection: Connection | undefined): Values {
  const values: Values = {};
  for (const field of kind?.fields ?? []) {
    values[field.name] = field.secret ? "" : (connection?.settings[field.name] ?? field.default ?? "");
  }
  return values;
}

function pick(fields: ConnectionField[], values: Values, secret: boolean): Values {
  const picked = fields.filter((field) => field.secret === secret).map(({ name }) => [name, values[name]?.trim() ?? ""] as const);
  return Object.fromEntries(picked.filter(([, value]) => value !== ""));
}

export function ConnectionForm({ kinds, connection, suggested, close, saved }: ConnectionFormProps) {
  const first = connection?.kind ?? suggested?.kind ?? kinds[0]?.kind;
  const [kindName, setKindName] = useState(first);
  const kind = kinds.find((one) => one.kind === kindName);
  const [values, setValues] = useState(() => initialValues(kind, connection));
  const [label, setLabel] = useState(connection?.label ?? "");
  const [zone, setZone] = useState(connection?.zone ?? suggested?.zone ?? "");
  const [tried, setTried] = useState(false);
  const action = useAction();
  const copy = texts.connections;
  const fields = kind?.fields ?? [];
  const secrets = pick(fields, values, true);
  // Secrets are never sent anywhere else than where they were typed for: with other settings they are typed anew.
  const settings = pick(fields, values, false);
  const keepsSecrets =
    connection !== undefined &&
    Object.keys(secrets).length === 0 &&
    canonicalName(zone) === connection.zone &&
    JSON.stringify(settings) === JSON.stringify(pick(fields, initialValues(kind, connection), false));
  const missing = (field: ConnectionField) => field.required && !values[field.name]?.trim() && !(field.secret && keepsSecrets);
  const zoneWrong = domainProblem(zone) !== null;

  async function submit() {
    setTried(true);
    if (zoneWrong || fields.some(missing)) return;
    await action.run(async () => {
      const body = { label: label.trim(), zone: canonicalName(zone), settings, ...(keepsSecrets ? {} : { secrets, test: true }) };
      saved(
        connection
          ? await call(connectionShape, "PUT", path([...base, connection.id]), body)
          : await call(connectionShape, "POST", path(base), { ...body, kind: kindName }),
      );
    });
  }

  const failedField = failedFieldOf(action.failure?.details);
  const submitText = connection ? (keepsSecrets ? copy.renameSubmit : copy.editSubmit) : copy.connectSubmit;
  return (
    <FormDialog
      size="medium"
      header={connection ? <span className="name">{copy.editTitle(connection.label)}</span> : copy.connectTitle}
      submit={submitText}
      action={action}
      onSubmit={() => void submit()}
      close={close}
    >
      {!connection && (
        <FormField label={copy.kind}>
          <Select
            selectedOption={kind ? { value: kind.kind, label: kind.name } : null}
            options={kinds.map((one) => ({ value: one.kind, label: one.name }))}
            onChange={({ detail }) => {
              setKindName(detail.selectedOption.value);
              setValues(initialValues(kinds.find((one) => one.kind === detail.selectedOption.value), undefined));
            }}
          />
        </FormField>
      )}
      <FormField label={copy.zone} description={copy.zoneHint} errorText={tried && zoneWrong ? copy.zoneNeeded : ""}>
        <Input value={zone} spellcheck={false} autoComplete="off" onChange={({ detail }) => setZone(detail.value)} />
      </FormField>
      {fields.map((field) => (
        <Field
          key={`${kindName} ${field.name}`}
          field={field}
          value={values[field.name] ?? ""}
          kept={connection?.secrets.includes(field.name) ?? false}
          error={(tried && missing(field) && copy.required) || (failedField === field.name && action.failure?.message) || ""}
          change={(value) => setValues((before) => ({ ...before, [field.name]: value }))}
        />
      ))}
      <FormField label={copy.label} description={copy.labelHint}>
        <Input value={label} autoComplete="off" onChange={({ detail }) => setLabel(detail.value)} />
      </FormField>
      {!keepsSecrets && <Box variant="small">{copy.tested}</Box>}
    </FormDialog>
  );
}

/** The field that the service or the provider complained of, if the answer names one. */
function failedFieldOf(details: unknown): string | null {
  const field = typeof details === "object" && details !== null && "field" in details ? details.field : null;
  return typeof field === "string" ? field : null;
}

interface FieldProps {
  field: ConnectionField;
  value: string;
  kept: boolean;
  error: string;
  change: (value: string) => void;
}

function Field({ field, value, kept, error, change }: FieldProps) {
  const copy = texts.connections;
  const hint = field.secret ? (kept ? copy.secretKept : copy.secretHint) : field.example ? copy.example(field.example) : "";
  return (
    <FormField label={field.label} description={field.description ?? ""} constraintText={hint} errorText={error}>
      {field.choices ? (
        <Select
          selectedOption={{ value }}
          options={field.choices.map((choice) => ({ value: choice }))}
          onChange={({ detail }) => change(detail.selectedOption.value ?? "")}
        />
      ) : (
        <Input
          value={value}
          type={field.secret ? "password" : "text"}
          spellcheck={false}
          autoComplete={field.secret ? "new-password" : "off"}
          onChange={({ detail }) => change(detail.value)}
        />
      )}
    </FormField>
  );
}
