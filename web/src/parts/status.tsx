// States as an icon and a word, the same everywhere.
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { IdentityRow, RecipientState, Verification } from "../lib/shapes";
import { texts } from "../texts";

const icons: Record<Verification, StatusIndicatorProps.Type> = {
  not_started: "stopped",
  pending: "pending",
  success: "success",
  failed: "error",
  temporary_failure: "warning",
};

/** SES says "SUCCESS" where the rest of the API says "success". */
export function lower(status: string): Verification {
  const word = status.toLowerCase();
  return word in icons ? (word as Verification) : "not_started";
}

export function VerificationStatus({ status }: { status: Verification }) {
  return <StatusIndicator wrapText={false} type={icons[status]}>{texts.status.verification[status]}</StatusIndicator>;
}

export function DkimStatus({ status }: { status: Verification }) {
  return <StatusIndicator wrapText={false} type={icons[status]}>{texts.status.dkim[status]}</StatusIndicator>;
}

export function MailFromStatus({ status }: { status: Verification }) {
  return <StatusIndicator wrapText={false} type={icons[status]}>{texts.status.mailFrom[status]}</StatusIndicator>;
}

export interface PublishedStatesProps {
  dkimStatus: string;
  mailFromStatus: string | undefined; // undefined: there is no MAIL FROM domain
}

/** The two states that records publish. */
export function PublishedStates({ dkimStatus, mailFromStatus }: PublishedStatesProps) {
  return (
    <SpaceBetween direction="horizontal" size="l">
      <div>
        <Box variant="awsui-key-label">{texts.identity.dkimTitle}</Box>
        <DkimStatus status={lower(dkimStatus)} />
      </div>
      {mailFromStatus && (
        <div>
          <Box variant="awsui-key-label">{texts.identity.mailFromTitle}</Box>
          <MailFromStatus status={lower(mailFromStatus)} />
        </div>
      )}
    </SpaceBetween>
  );
}

export function DmarcStatus({ dmarc }: { dmarc: IdentityRow["dmarc"] }) {
  if (!dmarc) return <StatusIndicator wrapText={false} type="stopped">{texts.status.dmarc.unknown}</StatusIndicator>;
  if (dmarc.policy) {
    return <StatusIndicator wrapText={false} type={dmarc.policy === "none" ? "info" : "success"}>{`p=${dmarc.policy}`}</StatusIndicator>;
  }
  const word = dmarc.problem ? texts.status.dmarc.broken : texts.status.dmarc.none;
  return <StatusIndicator wrapText={false} type="warning">{word}</StatusIndicator>;
}

const recipientIcons: Record<RecipientState, StatusIndicatorProps.Type> = {
  queued: "in-progress",
  delivered: "success",
  bounced: "error",
  expired: "error",
  suppressed: "stopped",
  not_rendered: "error",
  rejected: "error",
};

export function RecipientStatus({ state }: { state: RecipientState }) {
  return <StatusIndicator wrapText={false} type={recipientIcons[state]}>{texts.status.recipient[state]}</StatusIndicator>;
}

export function ResultStatus({ result }: { result: string }) {
  const type: StatusIndicatorProps.Type =
    result === "pass" ? "success" : result === "fail" || result === "permerror" ? "error" : "warning";
  return <StatusIndicator wrapText={false} type={type}>{result}</StatusIndicator>;
}
