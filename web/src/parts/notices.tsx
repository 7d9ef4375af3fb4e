// Short messages above the page, and the alert that every failed load or action is shown in.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import type { FlashbarProps } from "@cloudscape-design/components/flashbar";
import { createContext, useContext } from "react";
import type { ApiFailure } from "../lib/client";
import { texts } from "../texts";

export type Notify = (type: FlashbarProps.Type, text: string) => void;
export const NotifyContext = createContext<Notify>(() => undefined);
/** True while the service cannot be reached. */
export const LostContext = createContext(false);
export const useNotify = () => useContext(NotifyContext);

/** Inside a dialog, behind which the notices of the page stand. */
export function LostAlert() {
  if (!useContext(LostContext)) return null;
  return (
    <Alert type="error" header={texts.errors.lost}>
      {texts.errors.lostDetail}
    </Alert>
  );
}

/** Nothing for a session that has ended or a lost connection: those are said once, for the whole console. */
export function FailureAlert({ failure, retry }: { failure: ApiFailure | undefined; retry?: () => void }) {
  if (!failure || failure.kind === "session_ended" || failure.kind === "unreachable") return null;
  return (
    <Alert
      type="error"
      header={retry ? texts.errors.loadFailed : texts.errors.actionFailed}
      action={retry ? <Button onClick={retry}>{texts.retry}</Button> : undefined}
    >
      {failure.message}
    </Alert>
  );
}
