// Templates: the list, and making one.
import Button from "@cloudscape-design/components/button";
import { call, path } from "../lib/client";
import { templateNames } from "../lib/configuration-shapes";
import { usePages } from "../lib/pages";
import { href } from "../lib/router";
import { showSeconds } from "../lib/time";
import { List } from "../parts/list";
import { NameLink } from "../parts/name-link";
import { texts } from "../texts";

const base = ["v2", "email", "templates"];
const pageSize = 100; // the most the service gives at once

async function load(token: string, signal?: AbortSignal) {
  const answer = await call(templateNames, "GET", path(base, { PageSize: pageSize, NextToken: token }), undefined, signal);
  return { items: answer.TemplatesMetadata, next: answer.NextToken ?? null };
}

export function TemplatesPage() {
  const pages = usePages("templates", load, ({ TemplateName }) => TemplateName);
  const copy = texts.templates;
  return (
    <List
      pages={pages}
      words={copy}
      trackBy="TemplateName"
      actions={
        <Button variant="primary" href="#/new-template">
          {copy.create}
        </Button>
      }
      columns={[
        {
          id: "name",
          header: copy.name,
          isRowHeader: true,
          cell: ({ TemplateName: name }) => <NameLink to={href("templates", name)} name={name} />,
        },
        { id: "created", header: copy.created, cell: ({ CreatedTimestamp: created }) => showSeconds(created) },
      ]}
    />
  );
}
