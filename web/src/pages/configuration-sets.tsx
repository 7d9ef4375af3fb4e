// Configuration sets: the list, and making one.
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { call, path } from "../lib/client";
import { setNames } from "../lib/configuration-shapes";
import { useAction } from "../lib/hooks";
import { usePages } from "../lib/pages";
import { go, href } from "../lib/router";
import { nothing } from "../lib/shapes";
import { FormDialog } from "../parts/dialog";
import { List } from "../parts/list";
import { NameLink } from "../parts/name-link";
import { texts } from "../texts";

const base = ["v2", "email", "configuration-sets"];
const pageSize = 100;

async function load(token: string, signal?: AbortSignal) {
  const answer = await call(setNames, "GET", path(base, { PageSize: pageSize, NextToken: token }), undefined, signal);
  return { items: answer.ConfigurationSets, next: answer.NextToken ?? null };
}

export function ConfigurationSetsPage() {
  const pages = usePages("sets", load, (name) => name);
  const [creating, setCreating] = useState(false);
  const copy = texts.sets;
  return (
    <>
      <List
        pages={pages}
        words={copy}
        trackBy={(name) => name}
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
            cell: (name) => <NameLink to={href("configuration-sets", name)} name={name} />,
          },
        ]}
      />
      {creating && <Create close={() => setCreating(false)} />}
    </>
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
