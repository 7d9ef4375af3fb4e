// The account's suppression list.
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import { useState } from "react";
import { looksLikeAddress } from "../lib/addresses";
import { call, path } from "../lib/client";
import { useAction } from "../lib/hooks";
import { usePages } from "../lib/pages";
import { nothing, suppressionPage } from "../lib/shapes";
import { showSeconds } from "../lib/time";
import { Confirm } from "../parts/confirm";
import { FormDialog } from "../parts/dialog";
import { List } from "../parts/list";
import { useNotify } from "../parts/notices";
import { RowButton } from "../parts/row-button";
import { texts } from "../texts";

const base = ["v2", "email", "suppression", "addresses"];
const pageSize = 100;

async function load(token: string, signal?: AbortSignal) {
  const answer = await call(suppressionPage, "GET", path(base, { PageSize: pageSize, NextToken: token }), undefined, signal);
  return { items: answer.SuppressedDestinationSummaries, next: answer.NextToken ?? null };
}

export function SuppressionPage() {
  const pages = usePages("suppression", load, ({ EmailAddress }) => EmailAddress);
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<string>();
  const copy = texts.suppression;
  return (
    <>
      <List
        pages={pages}
        words={copy}
        trackBy="EmailAddress"
        actions={
          <Button variant="primary" onClick={() => setAdding(true)}>
            {copy.add}
          </Button>
        }
        emptyAction={null}
        columns={[
          { id: "address", header: copy.address, isRowHeader: true, cell: (one) => <span className="name">{one.EmailAddress}</span> },
          { id: "reason", header: copy.reason, cell: (one) => copy.reasons[one.Reason] ?? one.Reason },
          { id: "since", header: copy.since, cell: (one) => showSeconds(one.LastUpdateTime) },
          {
            id: "remove",
            header: texts.actions,
            cell: (one) => <RowButton word={copy.remove} row={one.EmailAddress} onClick={() => setRemoving(one.EmailAddress)} />,
          },
        ]}
      />
      {adding && <Add close={() => setAdding(false)} added={pages.reload} />}
      {removing !== undefined && (
        <Confirm
          title={copy.removeTitle}
          detail={copy.removeDetail(removing)}
          action={copy.remove}
          close={() => setRemoving(undefined)}
          work={async () => {
            await call(nothing, "DELETE", path([...base, removing]));
            pages.reload();
          }}
        />
      )}
    </>
  );
}

function Add({ close, added }: { close: () => void; added: () => void }) {
  const [address, setAddress] = useState("");
  const [reason, setReason] = useState("BOUNCE");
  const [tried, setTried] = useState(false);
  const action = useAction();
  const notify = useNotify();
  const copy = texts.suppression;
  const wrong = !looksLikeAddress(address);

  async function submit() {
    setTried(true);
    if (wrong) return;
    await action.run(async () => {
      await call(nothing, "PUT", path(base), { EmailAddress: address.trim(), Reason: reason });
      notify("success", copy.added(address.trim()));
      added();
      close();
    });
  }

  return (
    <FormDialog header={copy.addTitle} submit={copy.add} action={action} onSubmit={() => void submit()} close={close}>
      <FormField label={copy.address} errorText={(tried || address !== "") && wrong ? copy.problem : ""}>
        <Input value={address} spellcheck={false} onChange={({ detail }) => setAddress(detail.value)} />
      </FormField>
      <FormField label={copy.reason}>
        <RadioGroup
          value={reason}
          onChange={({ detail }) => setReason(detail.value)}
          items={Object.entries(copy.reasons).map(([value, label]) => ({ value, label }))}
        />
      </FormField>
    </FormDialog>
  );
}
