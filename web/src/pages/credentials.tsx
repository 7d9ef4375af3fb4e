// Access keys: made, shown once, deleted.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useState, type FormEvent } from "react";
import { call, path } from "../lib/client";
import { useAction, useLoaded } from "../lib/hooks";
import { credentials, newCredential, nothing, type Credential, type NewCredential } from "../lib/shapes";
import { showTime } from "../lib/time";
import { Confirm } from "../parts/confirm";
import { Copied } from "../parts/copy";
import { FailureAlert } from "../parts/notices";
import { Dialog } from "../parts/dialog";
import { texts } from "../texts";

const base = ["v2", "sesame", "credentials"];

export function CredentialsPage() {
  const list = useLoaded("credentials", (signal) => call(credentials, "GET", path(base), undefined, signal));
  const [making, setMaking] = useState(false);
  const [deleting, setDeleting] = useState<string>();
  const copy = texts.credentials;
  return (
    <SpaceBetween size="m">
      <FailureAlert failure={list.failure} retry={list.reload} />
      <Table
        variant="full-page"
        wrapLines
        loading={list.loading && !list.value}
        loadingText={texts.loading}
        items={list.value?.credentials ?? []}
        trackBy="access_key_id"
        ariaLabels={{ tableLabel: copy.table }}
        header={
          <Header
            variant="awsui-h1-sticky"
            description={copy.description}
            actions={
              <Button variant="primary" onClick={() => setMaking(true)}>
                {copy.create}
              </Button>
            }
          >
            {copy.title}
          </Header>
        }
        columnDefinitions={[
          {
            id: "id",
            header: copy.id,
            isRowHeader: true,
            cell: (key: Credential) => <Copied text={key.access_key_id} label={`${texts.copy}: ${key.access_key_id}`} />,
          },
          { id: "about", header: copy.about, cell: (key: Credential) => <span className="name">{key.description || texts.none}</span> },
          { id: "created", header: copy.created, cell: (key: Credential) => showTime(key.created) },
          {
            id: "delete",
            header: texts.delete,
            cell: (key: Credential) => (
              <Button variant="inline-link" ariaLabel={`${texts.delete}: ${key.access_key_id}`} onClick={() => setDeleting(key.access_key_id)}>
                {texts.delete}
              </Button>
            ),
          },
        ]}
        empty={
          <Box textAlign="center" padding="l">
            <Box variant="strong">{copy.empty}</Box>
            <Box color="text-body-secondary">{copy.emptyDetail}</Box>
          </Box>
        }
      />
      {making && (
        <Make
          close={() => {
            setMaking(false);
            list.reload();
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
            list.reload();
          }}
        />
      )}
    </SpaceBetween>
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
      onDismiss={close}
      footer={
        <Box float="right">
          {made ? (
            <Button variant="primary" onClick={close}>
              {copy.done}
            </Button>
          ) : (
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" onClick={close}>
                {texts.cancel}
              </Button>
              <Button variant="primary" form="new-key" formAction="submit" loading={action.busy}>
                {copy.create}
              </Button>
            </SpaceBetween>
          )}
        </Box>
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
