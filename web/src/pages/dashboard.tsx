// Account dashboard: what the service has counted, and how it stands to what receivers ask for.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Grid from "@cloudscape-design/components/grid";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { call, path } from "../lib/client";
import { measures, series, total, type Measure, type Span } from "../lib/figures";
import { useEvery, useLoaded } from "../lib/hooks";
import { account, statistics, type Statistics } from "../lib/shapes";
import { showAge, showTime } from "../lib/time";
import { DriftAlarm } from "../parts/alarms";
import { ByName } from "../parts/by-name";
import { CountChart } from "../parts/charts";
import { FailureAlert } from "../parts/notices";
import { Reputation } from "../parts/reputation";
import { texts } from "../texts";

const ranges = [1, 7, 14];
const quartersOf: Record<number, number> = { 1: 2, 7: 12, 14: 24 }; // about sixty points in each chart

function load(by: string, days: number, signal: AbortSignal) {
  return call(statistics, "GET", path(["v2", "sesame", "statistics"], { by, days }), undefined, signal);
}

function spanOf(counted: Statistics, days: number): Span {
  const since = new Date(counted.since);
  return { since, until: new Date(since.getTime() + days * 24 * 3600 * 1000), quarters: quartersOf[days] ?? 4 };
}

export function DashboardPage() {
  const [days, setDays] = useState(1);
  const totals = useLoaded(`account ${days}`, (signal) => load("account", days, signal));
  const receivers = useLoaded(`receiver ${days}`, (signal) => load("receiver", days, signal));
  const identities = useLoaded(`identity ${days}`, (signal) => load("identity", days, signal));
  const own = useLoaded("account", (signal) => call(account, "GET", "/v2/email/account", undefined, signal));
  const reload = () => [totals, receivers, identities, own].forEach((one) => one.reload());
  useEvery(60_000, reload);
  const copy = texts.dashboard;
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="xs" alignItems="end">
            <SegmentedControl
              label={copy.range}
              selectedId={String(days)}
              options={ranges.map((range) => ({ id: String(range), text: copy.days(range) }))}
              onChange={({ detail }) => setDays(Number(detail.selectedId))}
            />
            <Button iconName="refresh" ariaLabel={texts.refresh} loading={totals.loading} onClick={reload} />
          </SpaceBetween>
        }
      >
        {copy.title}
      </Header>
      <FailureAlert failure={totals.failure ?? receivers.failure ?? identities.failure ?? own.failure} retry={reload} />
      <DriftAlarm />
      {own.value && !own.value.SendingEnabled && (
        <Alert type="warning" header={copy.paused} action={<Button href="#/settings">{texts.nav.settings}</Button>}>
          {copy.pausedDetail}
        </Alert>
      )}
      {totals.value && (
        <SpaceBetween size="l">
          <Counted statistics={totals.value} quota={own.value?.SendQuota} span={spanOf(totals.value, days)} />
          <Grid gridDefinition={[{ colspan: { default: 12, s: 8 } }, { colspan: { default: 12, s: 4 } }]}>
            <Reputation points={totals.value.points} span={spanOf(totals.value, days)} />
            <Queue queue={totals.value.queue} />
          </Grid>
        </SpaceBetween>
      )}
      <ByName
        title={copy.byReceiver}
        description={copy.byReceiverDescription}
        what={copy.receiver}
        statistics={receivers.value}
        span={receivers.value && spanOf(receivers.value, days)}
      />
      <ByName
        title={copy.byIdentity}
        description={copy.byIdentityDescription}
        what={copy.identity}
        statistics={identities.value}
        span={identities.value && spanOf(identities.value, days)}
      />
    </SpaceBetween>
  );
}

interface CountedProps {
  statistics: Statistics;
  quota: { Max24HourSend: number; SentLast24Hours: number } | undefined;
  span: Span;
}

function Counted({ statistics: counted, quota, span }: CountedProps) {
  const copy = texts.dashboard;
  const sums = total(counted.points);
  const limit = quota && (quota.Max24HourSend < 0 ? copy.unlimited : copy.limit(quota.Max24HourSend.toLocaleString()));
  return (
    <Container
      header={
        <Header variant="h2" description={quota && limit ? `${copy.quota}: ${copy.of(quota.SentLast24Hours.toLocaleString(), limit)}` : ""}>
          {copy.chart}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <dl className="figures">
          {(Object.keys(measures) as Measure[]).map((measure) => (
            <div key={measure}>
              <dt>
                <Box variant="awsui-key-label">{copy[measure]}</Box>
              </dt>
              <dd>
                <Box variant="awsui-value-large">{measures[measure](sums).toLocaleString()}</Box>
              </dd>
            </div>
          ))}
        </dl>
        <CountChart
          label={copy.chart}
          lines={
            counted.points.length === 0
              ? []
              : (Object.keys(measures) as Measure[]).map((measure) => ({ title: copy[measure], data: series(counted.points, measure, span) }))
          }
          span={span}
        />
        {!counted.complete && <Box variant="small">{copy.incomplete}</Box>}
      </SpaceBetween>
    </Container>
  );
}

function Queue({ queue }: { queue: Statistics["queue"] }) {
  const copy = texts.dashboard;
  const oldest = queue.oldest_accepted;
  return (
    <Container
      fitHeight
      header={
        <Header variant="h2" description={copy.queueDescription}>
          {copy.queue}
        </Header>
      }
    >
      <KeyValuePairs
        columns={1}
        items={[
          { label: copy.recipients, value: <Box variant="awsui-value-large">{queue.recipients.toLocaleString()}</Box> },
          { label: copy.messages, value: queue.messages.toLocaleString() },
          {
            label: copy.oldest,
            value: oldest ? (
              <SpaceBetween size="xxxs">
                <Box>{showAge(oldest, new Date())}</Box>
                <Box variant="small">{copy.oldestDetail(showTime(oldest))}</Box>
              </SpaceBetween>
            ) : (
              copy.nothingWaits
            ),
          },
        ]}
      />
    </Container>
  );
}
