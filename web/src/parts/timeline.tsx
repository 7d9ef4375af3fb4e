// The life of a message: its events in the order they happened, with what receivers replied.
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { MessageEvent } from "../lib/shapes";
import { showTime } from "../lib/time";
import { texts } from "../texts";
import { Table } from "./table";

const icons: Record<string, StatusIndicatorProps.Type> = {
  send: "info",
  delivery: "success",
  delivery_delay: "pending",
  bounce: "error",
  complaint: "warning",
  auto_reply: "info",
  reject: "error",
  open: "info",
  click: "info",
  rendering_failure: "error",
  subscription: "info",
};

/** What of an event's detail (docs/events.md) tells a person most. */
function detailLines({ detail }: MessageEvent): string[] {
  const lines: string[] = [];
  const add = (...members: string[]) => {
    const words = members.map((member) => detail[member]).filter((word) => typeof word === "string" && word !== "");
    if (words.length > 0) lines.push(words.join(" "));
  };
  add("reply");
  add("bounce_type", "bounce_subtype");
  add("diagnostic_code");
  add("remote_host", "remote_ip", "tls");
  add("tls_problem");
  add("reporting_mta");
  add("feedback_type", "user_agent");
  add("subject");
  add("repair");
  add("mail_from");
  return lines;
}

export function Timeline({ events, label }: { events: MessageEvent[]; label: string }) {
  const copy = texts.messages;
  return (
    <Table
      variant="embedded"
      wrapLines
      items={events}
      trackBy={(event) => String(event.sequence)}
      ariaLabels={{ tableLabel: label }}
      columnDefinitions={[
        { id: "when", header: copy.when, cell: (event) => showTime(event.at) },
        {
          id: "what",
          header: copy.what,
          minWidth: 140,
          isRowHeader: true,
          cell: (event) => (
            <StatusIndicator wrapText={false} type={icons[event.kind] ?? "info"}>{copy.kinds[event.kind] ?? event.kind}</StatusIndicator>
          ),
        },
        {
          id: "who",
          header: copy.who,
          minWidth: 180,
          cell: (event) => <span className="name">{event.recipient || texts.none}</span>,
        },
        {
          id: "detail",
          header: copy.detail,
          cell: (event) => (
            <SpaceBetween size="xxxs">
              {detailLines(event).map((line) => (
                <Box key={line} variant="small">
                  <span className="name">{line}</span>
                </Box>
              ))}
            </SpaceBetween>
          ),
        },
      ]}
    />
  );
}
