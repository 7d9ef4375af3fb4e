// Topics, and what could not be told to whoever is subscribed.
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { call, path } from "../lib/client";
import { topic as topicShape } from "../lib/configuration-shapes";
import { useAction } from "../lib/hooks";
import { usePages } from "../lib/pages";
import { go, href } from "../lib/router";
import { showTime } from "../lib/time";
import { loadTopics, topicsBase } from "../lib/topics";
import { Deliveries } from "../parts/deliveries";
import { FormDialog } from "../parts/dialog";
import { List } from "../parts/list";
import { NameLink } from "../parts/name-link";
import { texts } from "../texts";

export function TopicsPage() {
  const pages = usePages("topics", loadTopics, ({ name, display_name }) => `${name} ${display_name}`);
  const [creating, setCreating] = useState(false);
  const copy = texts.topics;
  return (
    <SpaceBetween size="l">
      <List
        variant="container"
        pages={pages}
        words={copy}
        trackBy="arn"
        actions={
          <Button variant="primary" onClick={() => setCreating(true)}>
            {copy.create}
          </Button>
        }
        columns={[
          {
            id: "name",
            header: copy.name,
            isRowHeader: true,
            minWidth: 160,
            cell: ({ arn, name }) => <NameLink to={href("topics", arn)} name={name} />,
          },
          { id: "display", header: copy.displayName, cell: (topic) => <span className="name">{topic.display_name || texts.none}</span> },
          { id: "subscribers", header: copy.subscribers, cell: (topic) => copy.counts(topic.confirmed, topic.pending) },
          { id: "created", header: copy.created, cell: (topic) => showTime(topic.created) },
        ]}
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
      const { arn } = await call(topicShape, "POST", path(topicsBase), { name, ...(shown === "" ? {} : { display_name: shown }) });
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
