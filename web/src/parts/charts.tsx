// Lines over time, all in the same manner: counts of recipients, and shares beside the limits receivers publish.
import Box from "@cloudscape-design/components/box";
import LineChart, { type LineChartProps } from "@cloudscape-design/components/line-chart";
import type { Span } from "../lib/figures";
import { texts } from "../texts";

interface Line {
  title: string;
  data: { x: Date; y: number }[];
}

function time(span: Span): (x: Date) => string {
  const oneDay = span.until.getTime() - span.since.getTime() <= 24 * 3600 * 1000;
  return (x) =>
    x.toLocaleString(undefined, oneDay ? { hour: "2-digit", minute: "2-digit" } : { month: "short", day: "numeric", hour: "2-digit" });
}

function Empty() {
  return (
    <Box textAlign="center">
      <Box variant="strong">{texts.dashboard.empty}</Box>
      <Box color="text-body-secondary">{texts.dashboard.emptyDetail}</Box>
    </Box>
  );
}

export function CountChart({ label, lines, span, height = 240 }: { label: string; lines: Line[]; span: Span; height?: number }) {
  const copy = texts.dashboard;
  const most = Math.max(1, ...lines.flatMap((line) => line.data.map(({ y }) => y)));
  return (
    <LineChart
      series={lines.map((line) => ({ ...line, type: "line" }))}
      xScaleType="time"
      xDomain={[span.since, span.until]}
      yDomain={[0, most]}
      xTitle={copy.time}
      yTitle={copy.count}
      height={height}
      hideFilter
      ariaLabel={label}
      legendTitle=""
      i18nStrings={{ xTickFormatter: time(span), yTickFormatter: (y) => (Number.isInteger(y) ? y.toLocaleString() : "") }}
      empty={<Empty />}
    />
  );
}

export function percent(share: number): string {
  const digits = share !== 0 && share < 0.001 ? 3 : share < 0.01 ? 2 : 1;
  return `${(share * 100).toFixed(digits)} %`;
}

/** Shares, and a line across for each limit. */
export function ShareChart({ label, line, limits, span }: { label: string; line: Line; limits: number[]; span: Span }) {
  const copy = texts.dashboard;
  const most = Math.max(...limits.map((limit) => limit * 1.2), ...line.data.map(({ y }) => y));
  const drawn: LineChartProps<Date>["series"] = [
    { ...line, type: "line" },
    ...limits.map((limit) => ({ type: "threshold" as const, title: copy.limitLine(percent(limit)), y: limit })),
  ];
  return (
    <LineChart
      series={line.data.length === 0 ? [] : drawn}
      xScaleType="time"
      xDomain={[span.since, span.until]}
      yDomain={[0, most]}
      xTitle={copy.time}
      yTitle={copy.share}
      height={160}
      hideFilter
      ariaLabel={label}
      legendTitle=""
      i18nStrings={{ xTickFormatter: time(span), yTickFormatter: percent }}
      empty={<Box textAlign="center">{copy.noRate}</Box>}
    />
  );
}
