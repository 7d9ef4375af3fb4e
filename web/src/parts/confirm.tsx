// Asks before what cannot be undone. With `typed`, that text has to be typed first.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAction } from "../lib/hooks";
import { Dialog, Ways } from "./dialog";
import { FailureAlert } from "./notices";

export interface ConfirmProps {
  title: string;
  detail: string;
  action: string;
  typed?: { label: string; text: string };
  /** Throws what it fails with. */
  work: () => Promise<void>;
  close: () => void;
}

export function Confirm({ title, detail, action, typed, work, close }: ConfirmProps) {
  const [text, setText] = useState("");
  const doing = useAction();
  const ready = !typed || text.trim().toLowerCase() === typed.text.toLowerCase();
  return (
    <Dialog
      header={title}
      close={close}
      footer={
        <Ways cancel={close}>
          <Button
            variant="primary"
            disabled={!ready}
            loading={doing.busy}
            onClick={async () => {
              if (await doing.run(work)) close();
            }}
          >
            {action}
          </Button>
        </Ways>
      }
    >
      <SpaceBetween size="m">
        <FailureAlert failure={doing.failure} />
        <Box>{detail}</Box>
        {typed && (
          <FormField label={typed.label} constraintText={typed.text}>
            <Input value={text} onChange={({ detail: { value } }) => setText(value)} autoComplete="off" spellcheck={false} />
          </FormField>
        )}
      </SpaceBetween>
    </Dialog>
  );
}
