// A modal dialog that begins in its first field, and gives the focus back to where it was when it goes; and one that is
// a form.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal, { type ModalProps } from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import type { useAction } from "../lib/hooks";
import { texts } from "../texts";
import { FailureAlert } from "./notices";

export function Dialog({ children, ...rest }: Omit<ModalProps, "visible" | "closeAriaLabel">) {
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
    <Modal visible closeAriaLabel={texts.close} {...rest}>
      <div ref={content}>{children}</div>
    </Modal>
  );
}

export interface FormDialogProps {
  header: ReactNode;
  /** The word on the button that sends it. */
  submit: string;
  /** What sending does; its failure stands above the fields. */
  action: ReturnType<typeof useAction>;
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
      onDismiss={close}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>
              {texts.cancel}
            </Button>
            <Button variant="primary" form="dialog-form" formAction="submit" loading={action.busy}>
              {submit}
            </Button>
          </SpaceBetween>
        </Box>
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
