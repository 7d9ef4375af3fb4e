// The same counters for each receiver, or each identity: the largest as lines, all that fit as a table.
import Box from "@cloudscape-design/components/box";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { byName, measures, series, type Measure, type Named, type Span } from "../lib/figures";
import type { Statistics } from "../lib/shapes";
import { texts } from "../texts";
import { Table } from "./table";
import { CountChart } from "./charts";
import { bounceRate, complaintRate, RateStatus } from "./reputation";
import { Section } from "./section";

const drawn = 5;
const listed = 20;

interface ByNameProps {
  title: string;
  description: string;
  what: string;
  statistics: Statistics | undefined;
  span: Span | undefined;
}

export function ByName({ title, description, what, statistics, span }: ByNameProps) {
  const [measure, setMeasure] = useState<Measure>("sends");
  const copy = texts.dashboard;
  const all = byName(statistics?.points ?? []);
  const rows = all.slice(0, listed);
  const options = (Object.keys(measures) as Measure[]).map((one) => ({ value: one, label: copy[one] }));
  return (
    <Section
      title={title}
      description={all.length > listed ? copy.topNames(listed, all.length) : description}
      actions={
        rows.length > 0 && (
          <Select
            ariaLabel={`${copy.showMeasure}: ${title}`}
            inlineLabelText={copy.showMeasure}
            selectedOption={options.find(({ value }) => value === measure) ?? null}
            options={options}
            onChange={({ detail }) => setMeasure(detail.selectedOption.value as Measure)}
          />
        )
      }
    >
      <SpaceBetween size="m">
        {span && rows.length > 0 && (
          <CountChart
            label={`${title}: ${copy[measure]}`}
            lines={rows.slice(0, drawn).map(({ name, points }) => ({ title: name || copy.others, data: series(points, measure, span) }))}
            span={span}
            height={180}
          />
        )}
        <Table
          variant="embedded"
          wrapLines
          items={rows}
          trackBy="name"
          loading={!statistics}
          loadingText={texts.loading}
          ariaLabels={{ tableLabel: title }}
          columnDefinitions={columns(what)}
          empty={<Box textAlign="center">{copy.empty}</Box>}
        />
      </SpaceBetween>
    </Section>
  );
}

function columns(what: string) {
  const copy = texts.dashboard;
  return [
    { id: "name", header: what, isRowHeader: true, minWidth: 160, cell: (row: Named) => <span className="name">{row.name || copy.others}</span> },
    ...(Object.keys(measures) as Measure[]).map((measure) => ({
      id: measure,
      header: copy[measure],
      cell: (row: Named) => measures[measure](row.counts).toLocaleString(),
    })),
    { id: "bounceRate", header: copy.bounceRate, minWidth: 120, cell: (row: Named) => <RateStatus counts={row.counts} limited={bounceRate} /> },
    { id: "complaintRate", header: copy.complaintRate, minWidth: 140, cell: (row: Named) => <RateStatus counts={row.counts} limited={complaintRate} /> },
  ];
}
