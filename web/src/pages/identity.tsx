// One domain: its state, its records, its MAIL FROM domain, and what receivers decide about it; live.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiFailure, call, path } from "../lib/client";
import { useAction, useLoaded, useServerEvents } from "../lib/hooks";
import { domainOf } from "../lib/names";
import { go } from "../lib/router";
import { diagnosis as diagnosisShape, emailIdentity, nothing, type Diagnosis, type EmailIdentity } from "../lib/shapes";
import { showTime } from "../lib/time";
import { Confirm } from "../parts/confirm";
import { History } from "../parts/history";
import { DeleteItem, ItemPage } from "../parts/item";
import { FailureAlert } from "../parts/notices";
import { ProviderHelp } from "../parts/provider";
import { Publications } from "../parts/publications";
import { Records } from "../parts/records";
import { Section } from "../parts/section";
import { defaultMailFrom, useSession } from "../parts/session";
import { DkimStatus, DmarcStatus, lower, MailFromStatus, VerificationStatus } from "../parts/status";
import { Table } from "../parts/table";
import { texts } from "../texts";
import { MailFromDialog, MailFromWindow } from "./mail-from";
import { PublishDialog } from "./publish";

type Shown = "none" | "set" | "records" | "publish" | "clear";

export function IdentityPage({ name }: { name: string }) {
  const [diagnosis, setDiagnosis] = useState<Diagnosis>();
  const [gone, setGone] = useState(false);
  const [dialog, setDialog] = useState<Shown>("none");
  const [published, setPublished] = useState(0);
  const identity = useLoaded(name, (signal) =>
    call(emailIdentity, "GET", path(["v2", "email", "identities", name]), undefined, signal),
  );
  const { reload } = identity;
  const taken = useCallback((found: Diagnosis) => {
    setDiagnosis(found);
    reload();
  }, [reload]);
  const exists = identity.value !== undefined;
  const [fault, setFault] = useState<ApiFailure>();
  const live = useServerEvents(exists && !gone ? path(["v2", "sesame", "identities", name, "live"]) : null, {
    diagnosis: (data) => {
      const found: unknown = JSON.parse(data);
      const where = diagnosisShape.fault(found, "diagnosis");
      if (where === null) taken(found as Diagnosis);
      setFault(where === null ? undefined : new ApiFailure("unexpected", texts.errors.unexpected("live", where)));
    },
    gone: () => setGone(true),
  });
  // The answer to a question may be older than what the stream has told since; what is new in it the stream tells as well.
  const followed = useRef(live);
  followed.current = live;
  const answered = useCallback((found: Diagnosis) => {
    if (!followed.current) taken(found);
  }, [taken]);
  // The records are followed by the stream; what receivers make of them is looked at when somebody asks.
  useEffect(() => {
    if (!exists || gone) return;
    const ask = () => {
      if (document.hidden) return;
      call(diagnosisShape, "GET", path(["v2", "sesame", "identities", name, "diagnosis"]))
        .then(answered)
        .catch(() => undefined); // a failure that matters has been told to the whole console
    };
    ask();
    const timer = window.setInterval(ask, 61_000); // an answer is good for a minute
    return () => window.clearInterval(timer);
  }, [exists, gone, name, answered]);
  const look = useAction();
  const copy = texts.identity;

  if (gone) {
    return (
      <Alert type="warning" header={copy.gone} action={<Button href="#/domains">{texts.errors.toDomains}</Button>}>
        <span className="name">{name}</span>
      </Alert>
    );
  }
  const zone = diagnosis?.zone ?? domainOf(name);
  const isDomain = !name.includes("@");
  const close = () => setDialog("none");
  const lookAt = (method: "GET" | "POST", what: "diagnosis" | "look") =>
    void look.run(async () => {
      answered(await call(diagnosisShape, method, path(["v2", "sesame", "identities", name, what])));
    });
  const lookNow = () => lookAt("POST", "look");
  // Something was published or taken back: the records are looked at anew.
  const changed = () => {
    setPublished((before) => before + 1);
    lookNow();
  };
  return (
    <>
      <ItemPage
        list={{ page: "domains", title: copy.breadcrumb }}
        id={name}
        loaded={identity}
        description={
          <StatusIndicator type={live ? "in-progress" : "pending"}>{live ? copy.live : copy.notLive}</StatusIndicator>
        }
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button iconName="refresh" loading={look.busy} disabled={!exists} onClick={lookNow}>
              {copy.lookNow}
            </Button>
            <Button disabled={!exists || !isDomain} onClick={() => setDialog("publish")}>
              {texts.publish.button}
            </Button>
            <DeleteItem
              words={copy}
              name={name}
              typed={copy.deleteConfirm}
              disabled={!exists}
              elements={["v2", "email", "identities", name]}
              to="domains"
            />
            <Button
              variant="primary"
              disabled={!identity.value?.VerifiedForSendingStatus}
              onClick={() => go(`#/send?from=${encodeURIComponent(`hello@${domainOf(name)}`)}`)}
            >
              {copy.sendTest}
            </Button>
          </SpaceBetween>
        }
      >
        {(value) => (
          <SpaceBetween size="l">
            <FailureAlert failure={look.failure ?? fault} />
            <DkimAlarm name={name} identity={value} />
            <Overview identity={value} diagnosis={diagnosis} />
            <MailFromContainer identity={value} diagnosis={diagnosis} zone={zone} open={setDialog} />
            <Dkim diagnosis={diagnosis} zone={zone} />
            <Receivers diagnosis={diagnosis} />
            {isDomain && <Publications name={name} mark={published} changed={changed} />}
            <History name={name} mark={stateOf(value, diagnosis)} />
          </SpaceBetween>
        )}
      </ItemPage>
      {dialog === "set" && identity.value && (
        <MailFromDialog
          name={name}
          identity={identity.value}
          close={close}
          set={() => {
            setDialog("records");
            reload();
            lookAt("GET", "diagnosis");
          }}
        />
      )}
      {dialog === "records" && identity.value?.MailFromAttributes?.MailFromDomain && (
        <MailFromWindow
          domain={identity.value.MailFromAttributes.MailFromDomain}
          diagnosis={diagnosis}
          zone={zone}
          live={live}
          publish={() => setDialog("publish")}
          close={close}
        />
      )}
      {dialog === "publish" && identity.value && (
        <PublishDialog
          name={name}
          diagnosis={diagnosis}
          dkimStatus={identity.value.DkimAttributes.Status}
          mailFromStatus={identity.value.MailFromAttributes?.MailFromDomainStatus}
          zone={zone}
          close={close}
          changed={changed}
        />
      )}
      {dialog === "clear" && identity.value?.MailFromAttributes?.MailFromDomain && (
        <ClearMailFrom name={name} domain={identity.value.MailFromAttributes.MailFromDomain} close={close} done={reload} />
      )}
    </>
  );
}

/** Another text when the history may have gone on: a state, or what a record is. */
function stateOf(identity: EmailIdentity, diagnosis: Diagnosis | undefined): string {
  const { VerificationStatus: domain, DkimAttributes: dkim, MailFromAttributes: mailFrom } = identity;
  return JSON.stringify([domain, dkim.Status, mailFrom, diagnosis?.records.map(({ name, type, found }) => [name, type, found])]);
}

/** Of the MAIL FROM domain the same is said in its own container. */
function DkimAlarm({ name, identity }: { name: string; identity: EmailIdentity }) {
  if (identity.DkimAttributes.Status !== "TEMPORARY_FAILURE") return null;
  return (
    <Alert type="error" header={<span className="name">{texts.alarms.dkimTitle(name)}</span>}>
      {texts.alarms.dkimDetail}
    </Alert>
  );
}

interface ClearProps {
  name: string;
  domain: string;
  close: () => void;
  done: () => void;
}

function ClearMailFrom({ name, domain, close, done }: ClearProps) {
  const fallback = defaultMailFrom(useSession());
  return (
    <Confirm
      title={texts.identity.clearTitle}
      detail={texts.identity.clearDetail(domain, fallback)}
      action={texts.identity.clearMailFrom}
      close={close}
      work={async () => {
        await call(nothing, "PUT", path(["v2", "email", "identities", name, "mail-from"]), {});
        done();
      }}
    />
  );
}

interface PartProps {
  identity: EmailIdentity;
  diagnosis: Diagnosis | undefined;
}

function Overview({ identity, diagnosis }: PartProps) {
  const copy = texts.identity;
  const mailFrom = identity.MailFromAttributes;
  return (
    <Section title={copy.summary}>
      <KeyValuePairs
        columns={4}
        items={[
          { label: copy.overview, value: <VerificationStatus status={lower(identity.VerificationStatus)} /> },
          { label: texts.domains.dkim, value: <DkimStatus status={lower(identity.DkimAttributes.Status)} /> },
          {
            label: texts.domains.mailFrom,
            value: mailFrom?.MailFromDomain ? (
              <MailFromStatus status={lower(mailFrom.MailFromDomainStatus ?? "NOT_STARTED")} />
            ) : (
              texts.status.mailFrom.none
            ),
          },
          { label: texts.domains.dmarc, value: <DmarcStatus dmarc={diagnosis?.dmarc ?? null} /> },
        ]}
      />
    </Section>
  );
}

interface MailFromProps extends PartProps {
  zone: string;
  open: (dialog: Shown) => void;
}

function MailFromContainer({ identity, diagnosis, zone, open }: MailFromProps) {
  const copy = texts.identity;
  const fallback = defaultMailFrom(useSession());
  const mailFrom = identity.MailFromAttributes;
  const domain = mailFrom?.MailFromDomain;
  const records = diagnosis?.records.filter((record) => record.purpose.startsWith("mail_from")) ?? [];
  return (
    <Section
      title={copy.mailFromTitle}
      description={copy.mailFromDescription}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          {domain && <Button onClick={() => open("clear")}>{copy.clearMailFrom}</Button>}
          {domain && (
            <Button disabled={records.length === 0} onClick={() => open("records")}>
              {copy.viewRecords}
            </Button>
          )}
          <Button variant={domain ? "normal" : "primary"} onClick={() => open("set")}>
            {domain ? copy.editMailFrom : copy.setMailFrom}
          </Button>
        </SpaceBetween>
      }
    >
      {!domain && <Box>{copy.mailFromNone(fallback)}</Box>}
      {domain && (
        <SpaceBetween size="m">
          {mailFrom.MailFromDomainStatus === "TEMPORARY_FAILURE" && (
            <Alert type="error" header={<span className="name">{copy.driftTitle(domain)}</span>}>
              {copy.driftDetail}
            </Alert>
          )}
          <KeyValuePairs
            columns={3}
            items={[
              { label: texts.mailFrom.label, value: <span className="name">{domain}</span> },
              {
                label: copy.overview,
                value: <MailFromStatus status={lower(mailFrom.MailFromDomainStatus ?? "NOT_STARTED")} />,
              },
              {
                label: copy.behavior,
                value:
                  mailFrom.BehaviorOnMxFailure === "REJECT_MESSAGE"
                    ? texts.mailFrom.reject
                    : texts.mailFrom.useDefault(fallback),
              },
            ]}
          />
          {diagnosis && records.some((record) => record.status !== "good") && <ProviderHelp diagnosis={diagnosis} zone={zone} />}
          {records.length > 0 && <Records what={copy.mailFromTitle} records={records} zone={zone} diagnosis={diagnosis} />}
        </SpaceBetween>
      )}
    </Section>
  );
}

function Dkim({ diagnosis, zone }: { diagnosis: Diagnosis | undefined; zone: string }) {
  const copy = texts.identity;
  const records = diagnosis?.records.filter((record) => record.purpose === "dkim") ?? [];
  return (
    <Section title={copy.dkimTitle} description={copy.dkimDescription}>
      <SpaceBetween size="m">
        {diagnosis && records.some((record) => record.status !== "good") && <ProviderHelp diagnosis={diagnosis} zone={zone} />}
        {diagnosis ? (
          <Records what={copy.dkimTitle} records={records} zone={zone} diagnosis={diagnosis} />
        ) : (
          <StatusIndicator type="loading">{copy.looking}</StatusIndicator>
        )}
      </SpaceBetween>
    </Section>
  );
}

function Receivers({ diagnosis }: { diagnosis: Diagnosis | undefined }) {
  const copy = texts.identity;
  const [shown, setShown] = useState<Diagnosis>();
  useEffect(() => {
    if (diagnosis?.seen_at) setShown(diagnosis);
  }, [diagnosis]);
  const problems = shown?.problems ?? [];
  return (
    <Section title={copy.receiversTitle} description={shown ? copy.seenAt(showTime(shown.seen_at)) : ""}>
      {!shown && <StatusIndicator type="loading">{copy.looking}</StatusIndicator>}
      {shown && (
        <SpaceBetween size="m">
          {shown.summary && <Box variant="strong">{shown.summary}</Box>}
          {shown.decision && <Box>{shown.decision}</Box>}
          {problems.length === 0 ? (
            <Box>{copy.noProblems}</Box>
          ) : (
            <Table
              variant="embedded"
              wrapLines
              items={problems}
              trackBy={(problem) => `${problem.topic} ${problem.asked} ${problem.advice}`}
              ariaLabels={{ tableLabel: copy.receiversTitle }}
              columnDefinitions={[
                {
                  id: "severity",
                  header: copy.overview,
                  cell: (problem) => (
                    <StatusIndicator
                      wrapText={false}
                      type={problem.severity === "bad" ? "error" : problem.severity === "unknown" ? "warning" : "info"}
                    >
                      {copy.severity[problem.severity] ?? problem.severity}
                    </StatusIndicator>
                  ),
                },
                {
                  id: "asked",
                  header: copy.problemColumns.asked,
                  minWidth: 180,
                  isRowHeader: true,
                  cell: (problem) => <span className="name">{problem.asked}</span>,
                },
                {
                  id: "found",
                  header: copy.problemColumns.found,
                  minWidth: 160,
                  cell: (problem) => <span className="name">{problem.found}</span>,
                },
                {
                  id: "advice",
                  header: copy.problemColumns.advice,
                  cell: (problem) => <span className="name">{problem.advice}</span>,
                },
              ]}
            />
          )}
        </SpaceBetween>
      )}
    </Section>
  );
}
