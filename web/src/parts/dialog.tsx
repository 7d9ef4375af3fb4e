// A modal dialog that begins in its first field, and gives the focus back to where it was when it goes.
import Modal, { type ModalProps } from "@cloudscape-design/components/modal";
import { useEffect, useRef, useState } from "react";
import { texts } from "../texts";

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
