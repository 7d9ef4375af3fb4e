// The records to publish: what is asked, what each name server says, and the same as other tools read it.
import Box from "@cloudscape-design/components/box";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { relativeName } from "../lib/names";
import { exchange, formats, typedValue, type Format } from "../lib/records";
import type { Diagnosis, DiagnosisRecord } from "../lib/shapes";
import { texts } from "../texts";
import { Copied } from "./copy";
import { useProvider } from "./provider";
import { Table } from "./table";

type HostStyle = "relative" | "absolute";

function icon(status: string): StatusIndicatorProps.Type {
  if (status === "good" || status === "right") return "success";
  if (status === "unknown") return "warning";
  return status === "missing" ? "pending" : "error";
}

export function RecordStatus({ status }: { status: string }) {
  return <StatusIndicator wrapText={false} type={icon(status)}>{texts.status.record[status] ?? status}</StatusIndicator>;
}

function download(format: Format, records: DiagnosisRecord[], zone: string) {
  const { extension, mediaType, write } = formats[format];
  const plain = records.map(({ name, type, expected }) => ({ name, type, value: expected }));
  const url = URL.createObjectURL(new Blob([write(plain, zone)], { type: mediaType }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${zone}.${extension}`;
  link.click();
  URL.revokeObjectURL(url);
}

interface RecordsProps {
  what: string; // for the table's name
  records: DiagnosisRecord[];
  zone: string;
  diagnosis: Diagnosis | undefined; // for who keeps the zone
}

export function Records({ what, records, zone, diagnosis }: RecordsProps) {
  const dots = useProvider(diagnosis, zone)?.wants_trailing_dot ?? false;
  const [style, setStyle] = useState<HostStyle>("relative");
  const copy = texts.records;
  const host = (record: DiagnosisRecord) => (style === "relative" ? relativeName(record.name, zone) : `${record.name}.`);
  const styles = [
    { value: "relative", label: copy.relative },
    { value: "absolute", label: copy.absolute },
  ];
  return (
    <SpaceBetween size="s">
      <SpaceBetween direction="horizontal" size="s" alignItems="end">
        <Select
          ariaLabel={copy.hostStyle}
          inlineLabelText={copy.hostStyle}
          selectedOption={styles.find((option) => option.value === style) ?? null}
          options={styles}
          onChange={({ detail }) => setStyle(detail.selectedOption.value as HostStyle)}
        />
        <ButtonDropdown
          items={(Object.keys(formats) as Format[]).map((format) => ({ id: format, text: copy.formats[format] }))}
          onItemClick={({ detail }) => download(detail.id as Format, records, zone)}
        >
          {copy.download}
        </ButtonDropdown>
      </SpaceBetween>
      {style === "relative" && <Box variant="small">{copy.relativeHint(zone)}</Box>}
      <Table
        variant="embedded"
        wrapLines
        items={records}
        trackBy={(record) => `${record.name} ${record.type}`}
        ariaLabels={{ tableLabel: copy.recordsOf(what) }}
        columnDefinitions={[
          { id: "type", header: copy.type, isRowHeader: true, cell: (record) => record.type },
          {
            id: "host",
            header: copy.host,
            cell: (record) => (
              <span className="name">
                <Copied text={host(record)} label={copy.copyField(copy.host, record.name)} />
              </span>
            ),
          },
          ...(records.some(({ type }) => type === "MX")
            ? [{ id: "priority", header: copy.priority, cell: (record: DiagnosisRecord) => <Priority record={record} /> }]
            : []),
          { id: "value", header: copy.value, cell: (record) => <Value record={record} dots={dots} /> },
          {
            id: "state",
            header: copy.state,
            minWidth: 130,
            cell: (record) => (
              <SpaceBetween size="xxxs">
                <RecordStatus status={record.status} />
                {record.servers.length > 0 && <Box variant="small">{serversWithIt(record)}</Box>}
              </SpaceBetween>
            ),
          },
        ]}
      />
      {records.some((record) => record.advice || record.servers.length > 0) && (
        <ExpandableSection headerText={copy.showServers} defaultExpanded={records.some((r) => r.status === "wrong")}>
          <SpaceBetween size="l">
            {records.map((record) => (
              <EachServer key={`${record.name} ${record.type}`} record={record} />
            ))}
          </SpaceBetween>
        </ExpandableSection>
      )}
    </SpaceBetween>
  );
}

/** By the set of values: the order in which a server gives them says nothing. */
function sameAsExpected(record: DiagnosisRecord, found: string[]): boolean {
  return found.length === 1 && found[0]?.toLowerCase() === record.expected.toLowerCase();
}

function serversWithIt(record: DiagnosisRecord): string {
  const right = record.servers.filter((server) => sameAsExpected(record, server.found)).length;
  return texts.records.perServer(right, record.servers.length);
}

function Priority({ record }: { record: DiagnosisRecord }) {
  if (record.type !== "MX") return <>{texts.none}</>;
  const preference = String(exchange(record.expected).preference);
  return <Copied text={preference} label={texts.records.copyField(texts.records.priority, record.name)} />;
}

function Value({ record, dots }: { record: DiagnosisRecord; dots: boolean }) {
  return (
    <span className="name">
      <Copied
        text={typedValue(record.type, record.expected, dots)}
        label={texts.records.copyField(texts.records.value, `${record.name} ${record.type}`)}
      />
    </span>
  );
}

function EachServer({ record }: { record: DiagnosisRecord }) {
  const copy = texts.records;
  return (
    <SpaceBetween size="xs">
      <Box variant="h4">
        <span className="name">
          {copy.asked} {record.name} {record.type}
        </span>
      </Box>
      {record.advice && (
        <Box>
          <strong>{copy.change}:</strong> <span className="name">{record.advice}</span>
        </Box>
      )}
      {record.servers.length > 0 && (
        <Table
          variant="embedded"
          wrapLines
          items={record.servers}
          trackBy={(server) => `${server.name} ${server.address}`}
          ariaLabels={{ tableLabel: `${copy.servers}: ${record.name} ${record.type}` }}
          columnDefinitions={[
            {
              id: "server",
              header: copy.server,
              isRowHeader: true,
              cell: (server) => (
                <span className="name">
                  {server.name} <Box variant="small">{server.address}</Box>
                </span>
              ),
            },
            {
              id: "found",
              header: copy.found,
              cell: (server) => (
                <span className="name">
                  {server.found.length > 0
                    ? server.found.join(" · ")
                    : `${copy.nothing} (${texts.status.server[server.status] ?? server.status})`}
                </span>
              ),
            },
            {
              id: "state",
              header: copy.state,
              cell: (server) => <RecordStatus status={serverState(record, server.found, server.status)} />,
            },
          ]}
        />
      )}
    </SpaceBetween>
  );
}

function serverState(record: DiagnosisRecord, found: string[], status: string): string {
  if (sameAsExpected(record, found)) return "good";
  if (found.length > 0) return "wrong";
  return status === "nxdomain" || status === "no_data" || status === "nodata" ? "missing" : "unknown";
}
