// Templates: the list, and making one.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useState } from "react";
import { call, path } from "../lib/client";
import { templateNames } from "../lib/configuration-shapes";
import { useAction, useLoaded } from "../lib/hooks";
import { href } from "../lib/router";
import { showTime } from "../lib/time";
import { EmptyList } from "../parts/empty";
import { FailureAlert } from "../parts/notices";
import { texts } from "../texts";

const base = ["v2", "email", "templates"];
const pageSize = 100;

export function TemplatesPage() {
  const page = useLoaded("templates", (signal) => call(templateNames, "GET", path(base, { PageSize: pageSize }), undefined, signal));
  const [find, setFind] = useState("");
  const more = useAction();
  const copy = texts.templates;
  const all = page.value?.TemplatesMetadata ?? [];
  const shown = all.filter(({ TemplateName: name }) => name.toLowerCase().includes(find.trim().toLowerCase()));
  const token = page.value?.NextToken ?? null;
  const create = (
    <Button variant="primary" href="#/new-template">
      {copy.create}
    </Button>
  );

  async function loadMore() {
    await more.run(async () => {
      const next = await call(templateNames, "GET", path(base, { PageSize: pageSize, NextToken: token ?? "" }));
      page.set({ ...next, TemplatesMetadata: [...all, ...next.TemplatesMetadata] });
    });
  }

  return (
    <SpaceBetween size="m">
      <FailureAlert failure={page.failure ?? more.failure} retry={page.reload} />
      <Table
        variant="full-page"
        wrapLines
        loading={page.loading && !page.value}
        loadingText={texts.loading}
        items={shown}
        trackBy="TemplateName"
        ariaLabels={{ tableLabel: copy.table }}
        header={
          <Header variant="awsui-h1-sticky" description={copy.description} actions={create}>
            {copy.title}
          </Header>
        }
        filter={
          <TextFilter
            filteringText={find}
            filteringAriaLabel={copy.find}
            filteringPlaceholder={copy.find}
            onChange={({ detail }) => setFind(detail.filteringText)}
          />
        }
        columnDefinitions={[
          {
            id: "name",
            header: copy.name,
            isRowHeader: true,
            cell: ({ TemplateName: name }) => (
              <span className="name">
                <Link href={href("templates", name)}>{name}</Link>
              </span>
            ),
          },
          { id: "created", header: copy.created, cell: (one) => showTime(new Date(one.CreatedTimestamp * 1000).toISOString()) },
        ]}
        footer={
          token && (
            <Box textAlign="center">
              <Button loading={more.busy} onClick={() => void loadMore()}>
                {copy.more}
              </Button>
            </Box>
          )
        }
        empty={<EmptyList title={copy.empty} detail={copy.emptyDetail} action={create} />}
      />
    </SpaceBetween>
  );
}
