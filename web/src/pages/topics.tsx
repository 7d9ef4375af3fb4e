// Topics, and what could not be told to whoever is subscribed.
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
import { topic as topicShape, topicPage, type Topic } from "../lib/configuration-shapes";
import { useAction, useLoaded } from "../lib/hooks";
import { go, href } from "../lib/router";
import { showTime } from "../lib/time";
import { Deliveries } from "../parts/deliveries";
import { FormDialog } from "../parts/dialog";
import { EmptyList } from "../parts/empty";
import { FailureAlert } from "../parts/notices";
import { texts } from "../texts";

const base = ["v2", "sesame", "topics"];

export function TopicsPage() {
  const page = useLoaded("topics", (signal) => call(topicPage, "GET", path(base), undefined, signal));
  const [creating, setCreating] = useState(false);
  const more = useAction();
  const copy = texts.topics;
  const topics = page.value?.topics ?? [];
  const after = page.value?.next_after ?? null;
  const create = (
    <Button variant="primary" onClick={() => setCreating(true)}>
      {copy.create}
    </Button>
  );

  async function loadMore() {
    await more.run(async () => {
      const next = await call(topicPage, "GET", path(base, { after: after ?? "" }));
      page.set({ ...next, topics: [...topics, ...next.topics] });
    });
  }

  return (
    <SpaceBetween size="l">
      <FailureAlert failure={page.failure ?? more.failure} retry={page.reload} />
      <Table
        wrapLines
        loading={page.loading && !page.value}
        loadingText={texts.loading}
        items={topics}
        trackBy="arn"
        ariaLabels={{ tableLabel: copy.table }}
        header={
          <Header variant="h1" description={copy.description} actions={create}>
            {copy.title}
          </Header>
        }
        columnDefinitions={[
          {
            id: "name",
            header: copy.name,
            isRowHeader: true,
            minWidth: 160,
            cell: (topic: Topic) => (
              <span className="name">
                <Link href={href("topics", topic.arn)}>{topic.name}</Link>
              </span>
            ),
          },
          { id: "display", header: copy.displayName, cell: (topic: Topic) => <span className="name">{topic.display_name || texts.none}</span> },
          { id: "subscribers", header: copy.subscribers, cell: (topic: Topic) => copy.counts(topic.confirmed, topic.pending) },
          { id: "created", header: copy.created, cell: (topic: Topic) => showTime(topic.created) },
        ]}
        footer={
          after && (
            <Box textAlign="center">
              <Button loading={more.busy} onClick={() => void loadMore()}>
                {copy.more}
              </Button>
            </Box>
          )
        }
        empty={<EmptyList title={copy.empty} detail={copy.emptyDetail} action={create} />}
      />
      <Deliveries />
      {creating && <Create close={() => setCreating(false)} />}
    </SpaceBetween>
  );
}

function Create({ close }: { close: () => void }) {
  const [name, setName] = useState("");
  const [displayName, setDisplayName] = useState("");
  const [tried, setTried] = useState(false);
  const action = useAction();
  const copy = texts.topics;
  const wrong = !/^[A-Za-z0-9_-]{1,256}$/.test(name);

  async function submit() {
    setTried(true);
    if (wrong) return;
    await action.run(async () => {
      const shown = displayName.trim();
      const { arn } = await call(topicShape, "POST", path(base), { name, ...(shown === "" ? {} : { display_name: shown }) });
      close();
      go(href("topics", arn));
    });
  }

  return (
    <FormDialog header={copy.createTitle} submit={copy.create} action={action} onSubmit={() => void submit()} close={close}>
      <FormField label={copy.name} description={copy.nameHint} errorText={(tried || name !== "") && wrong ? copy.nameProblem : ""}>
        <Input value={name} spellcheck={false} autoComplete="off" onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <FormField label={copy.displayName}>
        <Input value={displayName} autoComplete="off" onChange={({ detail }) => setDisplayName(detail.value)} />
      </FormField>
    </FormDialog>
  );
}
