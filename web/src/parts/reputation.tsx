// Bounces and complaints beside the limits that are published for them.
import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { rate, rates, total, type Counts, type Point, type Span } from "../lib/figures";
import { texts } from "../texts";
import { percent, ShareChart } from "./charts";
import { Section } from "./section";

interface Limited {
  part: keyof Counts;
  whole: keyof Counts;
  limit: number; // closer looks begin
  ceiling: number; // mail is refused or sending is paused
}

export const bounceRate: Limited = { part: "permanent_bounces", whole: "sends", limit: 0.05, ceiling: 0.1 };
// Google and Yahoo, for bulk senders
export const complaintRate: Limited = { part: "complaints", whole: "deliveries", limit: 0.001, ceiling: 0.003 };

export function RateStatus({ counts, limited }: { counts: Counts; limited: Limited }) {
  const share = rate(counts[limited.part], counts[limited.whole]);
  if (share === null) return <StatusIndicator type="stopped">{texts.none}</StatusIndicator>;
  const type = share >= limited.ceiling ? "error" : share >= limited.limit ? "warning" : "success";
  return (
    <StatusIndicator wrapText={false} type={type}>
      {percent(share)}
    </StatusIndicator>
  );
}

function Rate({ title, about, limited, points, span }: { title: string; about: string; limited: Limited; points: Point[]; span: Span }) {
  const counts = total(points);
  const [part, whole] = [counts[limited.part].toLocaleString(), counts[limited.whole].toLocaleString()];
  return (
    <SpaceBetween size="xs">
      <div>
        <Box variant="awsui-key-label">{title}</Box>
        <SpaceBetween direction="horizontal" size="xs">
          <RateStatus counts={counts} limited={limited} />
          <Box variant="small">{texts.dashboard.rateOf(part, whole)}</Box>
        </SpaceBetween>
        <Box variant="small">{about}</Box>
      </div>
      <ShareChart
        label={title}
        line={{ title, data: rates(points, limited.part, limited.whole, span) }}
        limits={[limited.limit, limited.ceiling]}
        span={span}
      />
    </SpaceBetween>
  );
}

export function Reputation({ points, span }: { points: Point[]; span: Span }) {
  const copy = texts.dashboard;
  return (
    <Section fitHeight title={copy.reputation} description={copy.reputationDescription}>
      <ColumnLayout columns={2} variant="text-grid">
        <Rate title={copy.bounceRate} about={copy.bounceLimit} limited={bounceRate} points={points} span={span} />
        <Rate title={copy.complaintRate} about={copy.complaintLimit} limited={complaintRate} points={points} span={span} />
      </ColumnLayout>
    </Section>
  );
}
