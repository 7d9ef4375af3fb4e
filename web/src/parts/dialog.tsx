// A modal dialog that begins in its first field, and gives the focus back to where it was when it goes; and one that is
// a form. A press beside a dialog does not close it: what was typed, or is shown this one time, would be lost.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal, { type ModalProps } from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import type { Action } from "../lib/hooks";
import { texts } from "../texts";
import { FailureAlert, LostAlert } from "./notices";

export interface DialogProps extends Pick<ModalProps, "header" | "footer" | "size" | "children"> {
  close: () => void;
}

export function Dialog({ children, close, ...rest }: DialogProps) {
  const [before] = useState(() => document.activeElement);
  const content = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // After the modal, which takes the focus for its first control.
    const timer = window.setTimeout(() => content.current?.querySelector<HTMLElement>("input, textarea")?.focus());
    return () => {
      window.clearTimeout(timer);
      window.setTimeout(() => before instanceof HTMLElement && before.isConnected && before.focus());
    };
  }, [before]);
  return (
    <Modal visible closeAriaLabel={texts.close} onDismiss={({ detail }) => detail.reason !== "overlay" && close()} {...rest}>
      <div ref={content}>
        <LostAlert />
        {children}
      </div>
    </Modal>
  );
}

/** The footer of a dialog that asks: the way out, and the buttons that go on. */
export function Ways({ cancel, children }: { cancel: () => void; children: ReactNode }) {
  return (
    <Box float="right">
      <SpaceBetween direction="horizontal" size="xs">
        <Button variant="link" onClick={cancel}>
          {texts.cancel}
        </Button>
        {children}
      </SpaceBetween>
    </Box>
  );
}

export interface FormDialogProps {
  header: ReactNode;
  /** The word on the button that sends it. */
  submit: string;
  /** What sending does; its failure stands above the fields. */
  action: Action;
  onSubmit: () => void;
  close: () => void;
  size?: ModalProps.Size;
  children: ReactNode;
}

export function FormDialog({ header, submit, action, onSubmit, close, size, children }: FormDialogProps) {
  const send = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Dialog
      size={size}
      header={header}
      close={close}
      footer={
        <Ways cancel={close}>
          <Button variant="primary" form="dialog-form" formAction="submit" loading={action.busy}>
            {submit}
          </Button>
        </Ways>
      }
    >
      <form id="dialog-form" onSubmit={send} noValidate>
        <SpaceBetween size="m">
          <FailureAlert failure={action.failure} />
          {children}
        </SpaceBetween>
      </form>
    </Dialog>
  );
}
