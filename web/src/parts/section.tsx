// A part of a page below its own title; and one that is a form, sent by itself.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { FormEvent, ReactNode } from "react";
import { call } from "../lib/client";
import { useAction, type Action } from "../lib/hooks";
import { nothing } from "../lib/shapes";
import { texts } from "../texts";
import { FailureAlert, useNotify } from "./notices";

export interface SectionProps {
  title: string;
  description?: string;
  actions?: ReactNode;
  fitHeight?: boolean;
  children: ReactNode;
}

export function Section({ title, description, actions, fitHeight = false, children }: SectionProps) {
  return (
    <Container
      fitHeight={fitHeight}
      header={
        <Header variant="h2" description={description} actions={actions}>
          {title}
        </Header>
      }
    >
      {children}
    </Container>
  );
}

export interface FormSectionProps {
  title: string;
  description?: string;
  /** The word on the button that sends it, and whether it is what one comes to the page for. */
  submit: string;
  primary?: boolean;
  /** What sending does; its failure stands above the fields. */
  action: Action;
  onSubmit: () => void;
  children: ReactNode;
}

export function FormSection({ title, description, submit, primary = false, action, onSubmit, children }: FormSectionProps) {
  const send = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form onSubmit={send} noValidate>
      <Section title={title} {...(description === undefined ? {} : { description })}>
        <Form
          actions={
            <Button variant={primary ? "primary" : "normal"} formAction="submit" loading={action.busy} ariaLabel={`${submit}: ${title}`}>
              {submit}
            </Button>
          }
        >
          <SpaceBetween size="m">
            <FailureAlert failure={action.failure} />
            {children}
          </SpaceBetween>
        </Form>
      </Section>
    </form>
  );
}

/** Puts what was changed and says so; `settled` in the end, as a refused change shows what is there again. */
export function useSaving(settled: () => void): { action: Action; save: (path: string, body: unknown) => void } {
  const action = useAction();
  const notify = useNotify();
  async function save(path: string, body: unknown) {
    const done = await action.run(async () => {
      await call(nothing, "PUT", path, body);
    });
    if (done) notify("success", texts.saved);
    settled();
  }
  return { action, save: (path, body) => void save(path, body) };
}
