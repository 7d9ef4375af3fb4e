// Access keys: made, shown once, deleted.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState, type FormEvent } from "react";
import { call, path } from "../lib/client";
import { useAction } from "../lib/hooks";
import { usePages } from "../lib/pages";
import { credentials, newCredential, nothing, type NewCredential } from "../lib/shapes";
import { showTime } from "../lib/time";
import { Confirm } from "../parts/confirm";
import { Copied } from "../parts/copy";
import { Dialog, Ways } from "../parts/dialog";
import { List } from "../parts/list";
import { FailureAlert } from "../parts/notices";
import { RowButton } from "../parts/row-button";
import { texts } from "../texts";

const base = ["v2", "sesame", "credentials"];

async function load(_: string, signal?: AbortSignal) {
  const answer = await call(credentials, "GET", path(base), undefined, signal);
  return { items: answer.credentials, next: null }; // all at once
}

export function CredentialsPage() {
  const pages = usePages("credentials", load);
  const [making, setMaking] = useState(false);
  const [deleting, setDeleting] = useState<string>();
  const copy = texts.credentials;
  return (
    <>
      <List
        pages={pages}
        words={copy}
        trackBy="access_key_id"
        actions={
          <Button variant="primary" onClick={() => setMaking(true)}>
            {copy.create}
          </Button>
        }
        columns={[
          {
            id: "id",
            header: copy.id,
            isRowHeader: true,
            minWidth: 270,
            cell: (key) => <Copied text={key.access_key_id} label={`${texts.copy}: ${key.access_key_id}`} />,
          },
          { id: "about", header: copy.about, cell: (key) => <span className="name">{key.description || texts.none}</span> },
          { id: "created", header: copy.created, cell: (key) => showTime(key.created) },
          {
            id: "delete",
            header: texts.delete,
            minWidth: 110,
            cell: (key) => <RowButton word={texts.delete} row={key.access_key_id} onClick={() => setDeleting(key.access_key_id)} />,
          },
        ]}
      />
      {making && (
        <Make
          close={() => {
            setMaking(false);
            pages.reload();
          }}
        />
      )}
      {deleting !== undefined && (
        <Confirm
          title={copy.deleteTitle}
          detail={copy.deleteDetail(deleting)}
          action={texts.delete}
          close={() => setDeleting(undefined)}
          work={async () => {
            await call(nothing, "DELETE", path([...base, deleting]));
            pages.reload();
          }}
        />
      )}
    </>
  );
}

function Make({ close }: { close: () => void }) {
  const [description, setDescription] = useState("");
  const [made, setMade] = useState<NewCredential>();
  const action = useAction();
  const copy = texts.credentials;

  async function submit(event: FormEvent) {
    event.preventDefault();
    await action.run(async () => setMade(await call(newCredential, "POST", path(base), { description })));
  }

  return (
    <Dialog
      header={copy.createTitle}
      close={close}
      footer={
        made ? (
          <Box float="right">
            <Button variant="primary" onClick={close}>
              {copy.done}
            </Button>
          </Box>
        ) : (
          <Ways cancel={close}>
            <Button variant="primary" form="new-key" formAction="submit" loading={action.busy}>
              {copy.create}
            </Button>
          </Ways>
        )
      }
    >
      {made ? (
        <SpaceBetween size="m">
          <Alert type="warning" header={copy.secretOnce}>
            {copy.secretOnceDetail}
          </Alert>
          <KeyValuePairs
            columns={1}
            items={[
              { label: `${copy.id}, ${copy.smtpUser}`, value: <Copied text={made.access_key_id} label={`${texts.copy}: ${copy.id}`} /> },
              { label: copy.secret, value: <Copied text={made.secret_access_key} label={`${texts.copy}: ${copy.secret}`} /> },
              { label: copy.smtpPassword, value: <Copied text={made.smtp_password} label={`${texts.copy}: ${copy.smtpPassword}`} /> },
            ]}
          />
        </SpaceBetween>
      ) : (
        <form id="new-key" onSubmit={(event) => void submit(event)} noValidate>
          <SpaceBetween size="m">
            <FailureAlert failure={action.failure} />
            <FormField label={copy.about} description={copy.aboutHint}>
              <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
            </FormField>
          </SpaceBetween>
        </form>
      )}
    </Dialog>
  );
}
