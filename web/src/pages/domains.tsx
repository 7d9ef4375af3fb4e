// Identity Management → Domains.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useCallback, useEffect, useRef, useState } from "react";
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
import { Table } from "../parts/table";
import { texts } from "../texts";

const pageSize = 50;

export function DomainsPage() {
  const [contains, setContains] = useState("");
  const [cleared, setCleared] = useState(0);
  // Tokens of the pages seen so far; the first needs none.
  const [tokens, setTokens] = useState([""]);
  const [page, setPage] = useState(1);
  const [adding, setAdding] = useState(false);
  const find = useCallback((text: string) => {
    setContains(text);
    setTokens([""]);
    setPage(1);
  }, []);
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
  // What was found before stays until the answer is there: 50 rows are not taken away to be drawn again.
  const latest = useRef(list.value);
  if (list.value) latest.current = list.value;
  const shown = latest.current;
  const next = shown?.next_token ?? null;
  const rows = shown?.identities ?? [];
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
        loading={list.loading && rows.length === 0}
        loadingText={texts.loading}
        trackBy="identity"
        items={rows}
        ariaLabels={{ tableLabel: copy.table }}
        columnDefinitions={columns}
        header={
          <Header
            variant="awsui-h1-sticky"
            description={copy.description}
            {...(shown ? { counter: `(${shown.total.toLocaleString()})` } : {})}
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
          <Find
            key={cleared}
            label={copy.search}
            count={contains && !list.loading ? texts.lists.matches(rows.length, next !== null) : ""}
            find={find}
          />
        }
        pagination={
          <Pagination
            currentPageIndex={page}
            pagesCount={Math.max(pages, tokens.length)}
            openEnd={next !== null}
            onChange={({ detail: { currentPageIndex } }) => {
              if (currentPageIndex > page + 1 && currentPageIndex > tokens.length) return;
              if (currentPageIndex === page + 1 && next) setTokens([...tokens.slice(0, page), next]);
              setPage(currentPageIndex);
            }}
            ariaLabels={{ nextPageLabel: copy.pages.next, previousPageLabel: copy.pages.previous, pageLabel: copy.pages.page }}
          />
        }
        empty={
          shown && (contains ? <NoMatch clear={() => setCleared((before) => before + 1)} /> : <EmptyList title={copy.empty} detail={copy.emptyDetail} action={verify} />)
        }
      />
      {adding && <NewDomain close={() => setAdding(false)} />}
    </SpaceBetween>
  );
}

interface FindProps {
  label: string;
  count: string;
  find: (text: string) => void; // the same function always
}

/** What is typed is its own: the rows are not drawn anew with every letter. */
function Find({ label, count, find }: FindProps) {
  const [typed, setTyped] = useState("");
  const settled = useSettled(typed.trim(), 100);
  useEffect(() => find(settled), [settled, find]);
  return (
    <TextFilter
      filteringText={typed}
      filteringAriaLabel={label}
      filteringPlaceholder={label}
      countText={count}
      onChange={({ detail }) => setTyped(detail.filteringText)}
    />
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
