// The account's suppression list.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useState } from "react";
import { looksLikeAddress } from "../lib/addresses";
import { call, path } from "../lib/client";
import { useAction, useLoaded } from "../lib/hooks";
import { nothing, suppressionPage, type Suppressed } from "../lib/shapes";
import { showTime } from "../lib/time";
import { Confirm } from "../parts/confirm";
import { FailureAlert, useNotify } from "../parts/notices";
import { FormDialog } from "../parts/dialog";
import { texts } from "../texts";

const list = ["v2", "email", "suppression", "addresses"];
const pageSize = 100;

export function SuppressionPage() {
  const [find, setFind] = useState("");
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<string>();
  const more = useAction();
  const copy = texts.suppression;
  const page = useLoaded("suppression", (signal) =>
    call(suppressionPage, "GET", path(list, { PageSize: pageSize }), undefined, signal),
  );
  const all = page.value?.SuppressedDestinationSummaries ?? [];
  const wanted = find.trim().toLowerCase();
  const shown = all.filter((one) => one.EmailAddress.toLowerCase().includes(wanted));
  const token = page.value?.NextToken ?? null;

  async function loadMore() {
    await more.run(async () => {
      const next = await call(suppressionPage, "GET", path(list, { PageSize: pageSize, NextToken: token ?? "" }));
      page.set({ ...next, SuppressedDestinationSummaries: [...all, ...next.SuppressedDestinationSummaries] });
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
        trackBy="EmailAddress"
        ariaLabels={{ tableLabel: copy.table }}
        header={
          <Header
            variant="awsui-h1-sticky"
            description={copy.description}
            actions={
              <Button variant="primary" onClick={() => setAdding(true)}>
                {copy.add}
              </Button>
            }
          >
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
            id: "address",
            header: copy.address,
            isRowHeader: true,
            cell: (one: Suppressed) => <span className="name">{one.EmailAddress}</span>,
          },
          { id: "reason", header: copy.reason, cell: (one: Suppressed) => copy.reasons[one.Reason] ?? one.Reason },
          {
            id: "since",
            header: copy.since,
            cell: (one: Suppressed) => showTime(new Date(one.LastUpdateTime * 1000).toISOString()),
          },
          {
            id: "remove",
            header: copy.remove,
            cell: (one: Suppressed) => (
              <Button variant="inline-link" ariaLabel={`${copy.remove}: ${one.EmailAddress}`} onClick={() => setRemoving(one.EmailAddress)}>
                {texts.remove}
              </Button>
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
        empty={
          <Box textAlign="center" padding="l">
            <Box variant="strong">{copy.empty}</Box>
            <Box color="text-body-secondary">{copy.emptyDetail}</Box>
          </Box>
        }
      />
      {adding && <Add close={() => setAdding(false)} added={page.reload} />}
      {removing !== undefined && (
        <Confirm
          title={copy.removeTitle}
          detail={copy.removeDetail(removing)}
          action={copy.remove}
          close={() => setRemoving(undefined)}
          work={async () => {
            await call(nothing, "DELETE", path([...list, removing]));
            page.reload();
          }}
        />
      )}
    </SpaceBetween>
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
      await call(nothing, "PUT", path(list), { EmailAddress: address.trim(), Reason: reason });
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
