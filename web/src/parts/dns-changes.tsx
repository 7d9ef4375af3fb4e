// What publishing changes at a provider, as a table; and conflicts, each with a choice.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Icon, { type IconProps } from "@cloudscape-design/components/icon";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Conflict, DnsChange } from "../lib/dns-shapes";
import { texts } from "../texts";
import { Table } from "./table";

// No signs of success or failure: nothing has happened yet.
const icons: Record<DnsChange["action"], IconProps.Name> = { create: "add-plus", update: "edit", delete: "remove" };

/** The values of a record set on one line. */
export function valuesOf(set: DnsChange["before"]): string {
  return set && set.values.length > 0 ? set.values.join(" · ") : texts.publish.nothing;
}

/** `made`: they have been made, and "now" is how it was. */
export function Changes({ changes, made = false }: { changes: DnsChange[]; made?: boolean }) {
  const copy = texts.publish;
  return (
    <Table
      variant="embedded"
      wrapLines
      items={changes}
      trackBy={(change) => `${change.name} ${change.type}`}
      ariaLabels={{ tableLabel: copy.changes }}
      columnDefinitions={[
        {
          id: "action",
          header: copy.action,
          minWidth: 110,
          cell: (change) => (
            <>
              <Icon name={icons[change.action]} /> {copy.actions[change.action] ?? change.action}
            </>
          ),
        },
        {
          id: "name",
          header: texts.records.host,
          isRowHeader: true,
          minWidth: 170,
          cell: (change) => (
            <span className="name">
              {change.name} {change.type}
            </span>
          ),
        },
        { id: "before", header: made ? copy.wasBefore : copy.before, minWidth: 140, cell: (change) => <Values set={change.before} /> },
        { id: "after", header: made ? copy.isAfter : copy.after, minWidth: 180, cell: (change) => <Values set={change.after} /> },
      ]}
    />
  );
}

function Values({ set }: { set: DnsChange["before"] }) {
  if (!set || set.values.length === 0) return <Box color="text-body-secondary">{texts.publish.nothing}</Box>;
  return (
    <>
      {set.values.map((value) => (
        <div className="name" key={value}>
          {value}
        </div>
      ))}
    </>
  );
}

export function conflictKey({ name, type }: { name: string; type: string }): string {
  return `${name} ${type}`;
}

interface ConflictsProps {
  conflicts: Conflict[];
  accepted: ReadonlySet<string>; // by conflictKey
  decide: (conflict: Conflict, replace: boolean) => void;
}

export function Conflicts({ conflicts, accepted, decide }: ConflictsProps) {
  const copy = texts.publish;
  if (conflicts.length === 0) return null;
  return (
    <Alert type="warning" header={copy.conflicts(conflicts.length)}>
      <SpaceBetween size="m">
        {conflicts.map((conflict) => {
          const title = copy.conflict(conflict.name, conflict.type);
          return (
            <SpaceBetween size="xs" key={conflictKey(conflict)}>
              <Box variant="h4">
                <span className="name">{title}</span>
              </Box>
              <span className="name">{conflict.explanation}</span>
              <KeyValuePairs
                columns={2}
                items={[
                  { label: copy.found, value: <span className="name">{conflict.found.join(" · ") || copy.nothing}</span> },
                  { label: copy.wanted, value: <span className="name">{conflict.wanted.join(" · ") || copy.nothing}</span> },
                ]}
              />
              {conflict.replaceable ? (
                <RadioGroup
                  ariaLabel={copy.decide(title)}
                  value={accepted.has(conflictKey(conflict)) ? "replace" : "keep"}
                  onChange={({ detail }) => decide(conflict, detail.value === "replace")}
                  items={[
                    { value: "keep", label: copy.keep, description: copy.keepDetail },
                    { value: "replace", label: copy.replace, description: copy.replaceDetail },
                  ]}
                />
              ) : (
                <Box>{copy.notHere}</Box>
              )}
            </SpaceBetween>
          );
        })}
      </SpaceBetween>
    </Alert>
  );
}
