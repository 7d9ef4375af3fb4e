// Account dashboard: what the service has counted, and how it stands to what receivers ask for.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Grid from "@cloudscape-design/components/grid";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import LineChart from "@cloudscape-design/components/line-chart";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import { call, path } from "../lib/client";
import { useLoaded } from "../lib/hooks";
import { byName, rate, series, total, type Counter, type Point } from "../lib/figures";
import { account, statistics, type Statistics } from "../lib/shapes";
import { showTime } from "../lib/time";
import { FailureAlert } from "../parts/notices";
import { texts } from "../texts";

const ranges = [1, 7, 14];
const bounceLimit = 0.05;
const complaintLimit = 0.001; // Google and Yahoo, for bulk senders
const complaintCeiling = 0.003;

function percent(share: number, digits = 2): string {
  return `${(share * 100).toFixed(digits)} %`;
}

function load(by: string, days: number, signal: AbortSignal) {
  return call(statistics, "GET", path(["v2", "sesame", "statistics"], { by, days }), undefined, signal);
}

export function DashboardPage() {
  const [days, setDays] = useState(1);
  const totals = useLoaded(`account ${days}`, (signal) => load("account", days, signal));
  const receivers = useLoaded(`receiver ${days}`, (signal) => load("receiver", days, signal));
  const identities = useLoaded(`identity ${days}`, (signal) => load("identity", days, signal));
  const own = useLoaded("account", (signal) => call(account, "GET", "/v2/email/account", undefined, signal));
  const copy = texts.dashboard;
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <SegmentedControl
              label={copy.range}
              selectedId={String(days)}
              options={ranges.map((range) => ({ id: String(range), text: copy.days(range) }))}
              onChange={({ detail }) => setDays(Number(detail.selectedId))}
            />
            <Button
              iconName="refresh"
              ariaLabel={texts.refresh}
              loading={totals.loading}
              onClick={() => [totals, receivers, identities, own].forEach((one) => one.reload())}
            />
          </SpaceBetween>
        }
      >
        {copy.title}
      </Header>
      <FailureAlert failure={totals.failure ?? receivers.failure ?? identities.failure ?? own.failure} retry={totals.reload} />
      {own.value && !own.value.SendingEnabled && (
        <Alert type="warning" header={copy.paused} action={<Button href="#/settings">{texts.nav.settings}</Button>}>
          {copy.pausedDetail}
        </Alert>
      )}
      {totals.value && (
        <SpaceBetween size="l">
          <Counts statistics={totals.value} quota={own.value?.SendQuota} />
          <Reputation points={totals.value.points} />
          <Chart statistics={totals.value} days={days} />
        </SpaceBetween>
      )}
      <Grid gridDefinition={[{ colspan: { default: 12, m: 6 } }, { colspan: { default: 12, m: 6 } }]}>
        <ByName title={copy.byReceiver} what={copy.receiver} statistics={receivers.value} />
        <ByName title={copy.byIdentity} what={copy.identity} statistics={identities.value} />
      </Grid>
    </SpaceBetween>
  );
}

interface CountsProps {
  statistics: Statistics;
  quota: { Max24HourSend: number; SentLast24Hours: number } | undefined;
}

function Counts({ statistics, quota }: CountsProps) {
  const copy = texts.dashboard;
  const sums = total(statistics.points);
  const figure = (label: string, count: number) => ({ label, value: <Box variant="awsui-value-large">{count.toLocaleString()}</Box> });
  const limit = quota && (quota.Max24HourSend < 0 ? copy.unlimited : copy.limit(quota.Max24HourSend.toLocaleString()));
  return (
    <Container header={<Header variant="h2">{copy.counts}</Header>}>
      <KeyValuePairs
        columns={4}
        items={[
          figure(copy.sends, sums.sends),
          figure(copy.deliveries, sums.deliveries),
          figure(copy.permanentBounces, sums.permanent_bounces),
          figure(copy.complaints, sums.complaints),
          figure(copy.transientBounces, sums.transient_bounces),
          { label: copy.queue, value: copy.recipients(statistics.queue.recipients) },
          { label: copy.oldest, value: showTime(statistics.queue.oldest_accepted) },
          { label: copy.quota, value: quota && limit ? copy.of(quota.SentLast24Hours.toLocaleString(), limit) : texts.none },
        ]}
      />
    </Container>
  );
}

function Reputation({ points }: { points: Point[] }) {
  const copy = texts.dashboard;
  const sums = total(points);
  const shown = (share: number | null, limit: number, ceiling: number) => {
    if (share === null) return <StatusIndicator type="stopped">{copy.noRate}</StatusIndicator>;
    const type = share >= ceiling ? "error" : share >= limit ? "warning" : "success";
    return <StatusIndicator type={type}>{percent(share)}</StatusIndicator>;
  };
  return (
    <Container header={<Header variant="h2">{copy.reputation}</Header>}>
      <KeyValuePairs
        columns={2}
        items={[
          {
            label: copy.bounceRate,
            value: (
              <SpaceBetween size="xxxs">
                {shown(rate(sums.permanent_bounces, sums.sends), bounceLimit, 2 * bounceLimit)}
                <Box variant="small">{copy.bounceLimit}</Box>
              </SpaceBetween>
            ),
          },
          {
            label: copy.complaintRate,
            value: (
              <SpaceBetween size="xxxs">
                {shown(rate(sums.complaints, sums.deliveries), complaintLimit, complaintCeiling)}
                <Box variant="small">{copy.complaintLimit}</Box>
              </SpaceBetween>
            ),
          },
        ]}
      />
    </Container>
  );
}

const lines: { counter: Counter; title: string }[] = [
  { counter: "sends", title: texts.dashboard.sends },
  { counter: "deliveries", title: texts.dashboard.deliveries },
  { counter: "permanent_bounces", title: texts.dashboard.permanentBounces },
  { counter: "complaints", title: texts.dashboard.complaints },
];

function Chart({ statistics, days }: { statistics: Statistics; days: number }) {
  const copy = texts.dashboard;
  const since = new Date(statistics.since);
  const until = new Date(since.getTime() + days * 24 * 3600 * 1000);
  const quarters = days === 1 ? 1 : days * 4;
  const time = (x: Date) =>
    x.toLocaleString(undefined, days === 1 ? { hour: "2-digit", minute: "2-digit" } : { month: "short", day: "numeric", hour: "2-digit" });
  const empty = (
    <Box textAlign="center">
      <Box variant="strong">{copy.empty}</Box>
      <Box color="text-body-secondary">{copy.emptyDetail}</Box>
    </Box>
  );
  const drawn = lines.map(({ counter, title }) => ({
    title,
    type: "line" as const,
    data: series(statistics.points, counter, since, until, quarters),
  }));
  const most = Math.max(1, ...drawn.flatMap((line) => line.data.map(({ y }) => y)));
  return (
    <Container header={<Header variant="h2">{copy.chart}</Header>}>
      <LineChart
        series={statistics.points.length === 0 ? [] : drawn}
        xScaleType="time"
        xDomain={[since, until]}
        yDomain={[0, most]}
        xTitle={copy.time}
        yTitle={copy.count}
        height={260}
        hideFilter
        ariaLabel={copy.chart}
        legendTitle=""
        i18nStrings={{ xTickFormatter: time, yTickFormatter: (y) => (Number.isInteger(y) ? y.toLocaleString() : "") }}
        empty={empty}
      />
      {!statistics.complete && <Box variant="small">{copy.incomplete}</Box>}
    </Container>
  );
}

function ByName({ title, what, statistics }: { title: string; what: string; statistics: Statistics | undefined }) {
  const copy = texts.dashboard;
  const rows = byName(statistics?.points ?? []).slice(0, 20);
  return (
    <Table
      wrapLines
      items={rows}
      trackBy="name"
      loading={!statistics}
      loadingText={texts.loading}
      ariaLabels={{ tableLabel: title }}
      header={<Header variant="h2">{title}</Header>}
      columnDefinitions={[
        { id: "name", header: what, isRowHeader: true, cell: (row) => <span className="name">{row.name}</span> },
        { id: "sends", header: copy.sends, cell: (row) => row.counts.sends.toLocaleString() },
        { id: "deliveries", header: copy.deliveries, cell: (row) => row.counts.deliveries.toLocaleString() },
        { id: "bounces", header: copy.permanentBounces, cell: (row) => row.counts.permanent_bounces.toLocaleString() },
        { id: "complaints", header: copy.complaints, cell: (row) => row.counts.complaints.toLocaleString() },
      ]}
      empty={<Box textAlign="center">{copy.empty}</Box>}
    />
  );
}
