// What changed of an identity, newest first.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useEffect, useState } from "react";
import { call, path } from "../lib/client";
import { useLoaded } from "../lib/hooks";
import { linesOf, toneOf, type Tone } from "../lib/history";
import { historyPage, type HistoryEntry } from "../lib/shapes";
import { showTime } from "../lib/time";
import { texts } from "../texts";
import { FailureAlert } from "./notices";
import { Table } from "./table";

const atFirst = 5;
const all = 200; // that are kept
const icons: Record<Tone, StatusIndicatorProps.Type> = { good: "success", bad: "error", neutral: "info" };

/** `mark` is anything that is another when there may be something new. */
export function History({ name, mark }: { name: string; mark: unknown }) {
  const [limit, setLimit] = useState(atFirst);
  const page = useLoaded(`history ${name} ${limit}`, (signal) =>
    call(historyPage, "GET", path(["v2", "sesame", "identities", name, "history"], { limit }), undefined, signal),
  );
  const { reload } = page;
  useEffect(() => reload(), [mark, reload]);
  const copy = texts.history;
  return (
    <Container
      header={
        <Header variant="h2" description={copy.description}>
          {copy.title}
        </Header>
      }
    >
      <SpaceBetween size="s">
        <FailureAlert failure={page.failure} retry={reload} />
        <Table
          variant="embedded"
          wrapLines
          items={page.value?.entries ?? []}
          loading={page.loading && !page.value}
          loadingText={texts.loading}
          trackBy={(entry) => String(entry.entry)}
          ariaLabels={{ tableLabel: copy.table }}
          columnDefinitions={columns}
          empty={<Box textAlign="center">{copy.empty}</Box>}
        />
        {limit < all && page.value?.next_before && (
          <Box textAlign="center">
            <Button onClick={() => setLimit(all)}>{copy.more}</Button>
          </Box>
        )}
      </SpaceBetween>
    </Container>
  );
}

const columns = [
  { id: "when", header: texts.history.when, width: 170, cell: (entry: HistoryEntry) => showTime(entry.at) },
  {
    id: "what",
    header: texts.history.what,
    isRowHeader: true,
    minWidth: 210,
    cell: (entry: HistoryEntry) => (
      <SpaceBetween size="xxxs">
        <Box variant="small">{texts.history.subject[entry.subject] ?? entry.subject}</Box>
        {linesOf(entry).map((line, index) => (
          <span className="name" key={line}>
            {index === 0 ? <StatusIndicator type={icons[toneOf(entry)]}>{line}</StatusIndicator> : line}
          </span>
        ))}
      </SpaceBetween>
    ),
  },
  {
    id: "records",
    header: texts.history.detail,
    minWidth: 260,
    cell: (entry: HistoryEntry) => (entry.records.length === 0 ? texts.none : <Records entry={entry} />),
  },
];

function Records({ entry }: { entry: HistoryEntry }) {
  const copy = texts.history;
  const shown = (values: string[]) => (values.length > 0 ? values.join(" · ") : copy.nothing);
  return (
    <SpaceBetween size="xs">
      {entry.records.map((record) => {
        const [before, after] = [shown(record.before), shown(record.after)];
        return (
          <div className="name" key={`${record.name} ${record.type} ${record.purpose}`}>
            <Box variant="small" display="block">
              {record.name} {record.type}
            </Box>
            {before === after ? after : copy.status(before, after)}
            {!record.after.includes(record.expected) && (
              <Box variant="small" display="block">
                {copy.wanted}: {record.expected}
              </Box>
            )}
          </div>
        );
      })}
    </SpaceBetween>
  );
}
