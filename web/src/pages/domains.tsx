// Identity Management → Domains.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useEffect, useState } from "react";
import { call, path } from "../lib/client";
import { useAction, useLoaded, useSettled } from "../lib/hooks";
import { canonicalName, domainProblem } from "../lib/names";
import { go, href } from "../lib/router";
import { identityPage, nothing, type IdentityRow } from "../lib/shapes";
import { DriftAlarm } from "../parts/alarms";
import { FormDialog } from "../parts/dialog";
import { EmptyList } from "../parts/empty";
import { NoMatch } from "../parts/list";
import { NameLink } from "../parts/name-link";
import { FailureAlert } from "../parts/notices";
import { DkimStatus, DmarcStatus, MailFromStatus, VerificationStatus } from "../parts/status";
import { texts } from "../texts";

const pageSize = 50;

export function DomainsPage() {
  const [typed, setTyped] = useState("");
  const contains = useSettled(typed.trim());
  // Tokens of the pages seen so far; the first needs none.
  const [tokens, setTokens] = useState([""]);
  const [page, setPage] = useState(1);
  const [adding, setAdding] = useState(false);
  useEffect(() => {
    setTokens([""]);
    setPage(1);
  }, [contains]);
  const token = tokens[page - 1] ?? "";
  const list = useLoaded(`${contains} ${token}`, (signal) =>
    call(
      identityPage,
      "GET",
      path(["v2", "sesame", "identities"], { kind: "domain", contains, limit: pageSize, next_token: token }),
      undefined,
      signal,
    ),
  );
  const next = list.value?.next_token ?? null;
  useEffect(() => {
    if (next) setTokens((before) => (before[page] === next ? before : [...before.slice(0, page), next]));
  }, [next, page]);

  const rows = list.value?.identities ?? [];
  const pages = next ? page + 1 : page;
  const copy = texts.domains;
  const verify = (
    <Button variant="primary" onClick={() => setAdding(true)}>
      {copy.verify}
    </Button>
  );
  return (
    <SpaceBetween size="m">
      <FailureAlert failure={list.failure} retry={list.reload} />
      <DriftAlarm />
      <Table
        variant="full-page"
        stickyHeader
        loading={list.loading && !list.value}
        loadingText={texts.loading}
        trackBy="identity"
        items={rows}
        ariaLabels={{ tableLabel: copy.table }}
        columnDefinitions={columns}
        header={
          <Header
            variant="awsui-h1-sticky"
            description={copy.description}
            {...(list.value ? { counter: `(${list.value.total})` } : {})}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button iconName="refresh" ariaLabel={texts.refresh} onClick={list.reload} loading={list.loading} />
                {verify}
              </SpaceBetween>
            }
          >
            {copy.title}
          </Header>
        }
        filter={
          <TextFilter
            filteringText={typed}
            filteringAriaLabel={copy.search}
            filteringPlaceholder={copy.search}
            countText={contains ? texts.lists.matches(rows.length, next !== null) : ""}
            onChange={({ detail }) => setTyped(detail.filteringText)}
          />
        }
        pagination={
          <Pagination
            currentPageIndex={page}
            pagesCount={Math.max(pages, tokens.length)}
            openEnd={next !== null}
            onChange={({ detail }) => {
              if (detail.currentPageIndex <= tokens.length) setPage(detail.currentPageIndex);
            }}
            ariaLabels={{ nextPageLabel: copy.pages.next, previousPageLabel: copy.pages.previous, pageLabel: copy.pages.page }}
          />
        }
        empty={
          list.value && (contains ? <NoMatch clear={() => setTyped("")} /> : <EmptyList title={copy.empty} detail={copy.emptyDetail} action={verify} />)
        }
      />
      {adding && <NewDomain close={() => setAdding(false)} />}
    </SpaceBetween>
  );
}

const columns = [
  {
    id: "domain",
    header: texts.domains.domain,
    isRowHeader: true,
    cell: (row: IdentityRow) => <NameLink to={href("domains", row.identity)} name={row.identity} />,
  },
  { id: "status", header: texts.domains.status, cell: (row: IdentityRow) => <VerificationStatus status={row.verification} /> },
  {
    id: "dkim",
    header: texts.domains.dkim,
    cell: (row: IdentityRow) => <DkimStatus status={row.dkim?.status ?? "not_started"} />,
  },
  {
    id: "mail_from",
    header: texts.domains.mailFrom,
    cell: (row: IdentityRow) =>
      row.mail_from ? (
        <SpaceBetween size="xxxs">
          <MailFromStatus status={row.mail_from.status} />
          <span className="name">
            <Box variant="small">{row.mail_from.domain}</Box>
          </span>
        </SpaceBetween>
      ) : (
        <Box color="text-body-secondary">{texts.status.mailFrom.none}</Box>
      ),
  },
  { id: "dmarc", header: texts.domains.dmarc, cell: (row: IdentityRow) => <DmarcStatus dmarc={row.dmarc} /> },
];

function NewDomain({ close }: { close: () => void }) {
  const [typed, setTyped] = useState("");
  const [tried, setTried] = useState(false);
  const action = useAction();
  const copy = texts.newDomain;
  const problem = domainProblem(typed);
  const name = canonicalName(typed);

  async function submit() {
    setTried(true);
    if (problem) return;
    await action.run(async () => {
      await call(nothing, "POST", "/v2/email/identities", { EmailIdentity: name });
      close();
      go(href("domains", name));
    });
  }

  return (
    <FormDialog header={copy.title} submit={copy.submit} action={action} onSubmit={() => void submit()} close={close}>
      <FormField
        label={copy.label}
        description={copy.hint}
        errorText={problem && (tried || typed !== "") ? copy.problem(problem) : ""}
        constraintText={!problem && name !== typed.trim() ? copy.becomes(name) : ""}
      >
        <Input
          value={typed}
          placeholder={copy.placeholder}
          spellcheck={false}
          autoComplete="off"
          onChange={({ detail }) => setTyped(detail.value)}
        />
      </FormField>
    </FormDialog>
  );
}
