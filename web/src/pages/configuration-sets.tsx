// Configuration sets: the list, and making one.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import { call, path } from "../lib/client";
import { setNames } from "../lib/configuration-shapes";
import { useAction, useLoaded } from "../lib/hooks";
import { go, href } from "../lib/router";
import { nothing } from "../lib/shapes";
import { FormDialog } from "../parts/dialog";
import { EmptyList } from "../parts/empty";
import { FailureAlert } from "../parts/notices";
import { texts } from "../texts";

const base = ["v2", "email", "configuration-sets"];
const pageSize = 100;

export function ConfigurationSetsPage() {
  const page = useLoaded("sets", (signal) => call(setNames, "GET", path(base, { PageSize: pageSize }), undefined, signal));
  const [creating, setCreating] = useState(false);
  const more = useAction();
  const copy = texts.sets;
  const names = page.value?.ConfigurationSets ?? [];
  const token = page.value?.NextToken ?? null;
  const create = (
    <Button variant="primary" onClick={() => setCreating(true)}>
      {copy.create}
    </Button>
  );

  async function loadMore() {
    await more.run(async () => {
      const next = await call(setNames, "GET", path(base, { PageSize: pageSize, NextToken: token ?? "" }));
      page.set({ ...next, ConfigurationSets: [...names, ...next.ConfigurationSets] });
    });
  }

  return (
    <SpaceBetween size="m">
      <FailureAlert failure={page.failure ?? more.failure} retry={page.reload} />
      <Table
        variant="full-page"
        loading={page.loading && !page.value}
        loadingText={texts.loading}
        items={names}
        trackBy={(name) => name}
        ariaLabels={{ tableLabel: copy.table }}
        header={
          <Header variant="awsui-h1-sticky" description={copy.description} actions={create}>
            {copy.title}
          </Header>
        }
        columnDefinitions={[
          {
            id: "name",
            header: copy.name,
            isRowHeader: true,
            cell: (name) => (
              <span className="name">
                <Link href={href("configuration-sets", name)}>{name}</Link>
              </span>
            ),
          },
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
      {creating && <Create close={() => setCreating(false)} />}
    </SpaceBetween>
  );
}

function Create({ close }: { close: () => void }) {
  const [name, setName] = useState("");
  const [tried, setTried] = useState(false);
  const action = useAction();
  const copy = texts.sets;
  const wrong = !/^[A-Za-z0-9_-]{1,64}$/.test(name);

  async function submit() {
    setTried(true);
    if (wrong) return;
    await action.run(async () => {
      await call(nothing, "POST", path(base), { ConfigurationSetName: name, SendingOptions: { SendingEnabled: true } });
      close();
      go(href("configuration-sets", name));
    });
  }

  return (
    <FormDialog header={copy.createTitle} submit={copy.create} action={action} onSubmit={() => void submit()} close={close}>
      <FormField label={copy.name} description={copy.nameHint} errorText={(tried || name !== "") && wrong ? copy.nameProblem : ""}>
        <Input value={name} spellcheck={false} autoComplete="off" onChange={({ detail }) => setName(detail.value)} />
      </FormField>
    </FormDialog>
  );
}
