// One template: its subject and bodies, and what they make of some data.
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { call, path } from "../lib/client";
import { rendered, template as templateShape, type Template } from "../lib/configuration-shapes";
import { useAction, useLoaded } from "../lib/hooks";
import { readComposed, type Composed } from "../lib/mime";
import { go, href } from "../lib/router";
import { nothing } from "../lib/shapes";
import { isJsonObject, sampleData } from "../lib/template-data";
import { DeleteItem, ItemPage } from "../parts/item";
import { FailureAlert, useNotify } from "../parts/notices";
import { FormSection, Section } from "../parts/section";
import { texts } from "../texts";

const base = ["v2", "email", "templates"];

/** Without a name: a new one. */
export function TemplatePage({ name }: { name?: string }) {
  return name === undefined ? <New /> : <Existing name={name} />;
}

function New() {
  const copy = texts.templates;
  return (
    <SpaceBetween size="l">
      <BreadcrumbGroup
        ariaLabel={copy.title}
        items={[
          { text: copy.title, href: "#/templates" },
          { text: copy.createTitle, href: "#/new-template" },
        ]}
      />
      <Header variant="h1">{copy.createTitle}</Header>
      <Editor template={undefined} saved={(name) => go(href("templates", name))} edited={() => undefined} />
    </SpaceBetween>
  );
}

function Existing({ name }: { name: string }) {
  const template = useLoaded(name, (signal) => call(templateShape, "GET", path([...base, name]), undefined, signal));
  const [edited, setEdited] = useState(false);
  const copy = texts.templates;
  return (
    <ItemPage
      list={{ page: "templates", title: copy.title }}
      id={name}
      loaded={template}
      actions={<DeleteItem words={copy} name={name} disabled={!template.value} elements={[...base, name]} to="templates" />}
    >
      {(value) => (
        <SpaceBetween size="l">
          <Editor template={value} saved={template.reload} edited={setEdited} />
          <Preview template={value} edited={edited} />
        </SpaceBetween>
      )}
    </ItemPage>
  );
}

interface EditorProps {
  template: Template | undefined;
  saved: (name: string) => void;
  edited: (differs: boolean) => void;
}

function Editor({ template, saved, edited }: EditorProps) {
  const content = template?.TemplateContent;
  const [name, setName] = useState(template?.TemplateName ?? "");
  const [subject, setSubject] = useState(content?.Subject ?? "");
  const [text, setText] = useState(content?.Text ?? "");
  const [html, setHtml] = useState(content?.Html ?? "");
  const [tried, setTried] = useState(false);
  const action = useAction();
  const notify = useNotify();
  const copy = texts.templates;
  const nameWrong = !/^[!-.0-~]{1,256}$/.test(name);
  const change = (set: (value: string) => void) => (event: { detail: { value: string } }) => {
    set(event.detail.value);
    edited(true);
  };

  async function submit() {
    setTried(true);
    if (nameWrong || subject.trim() === "") return;
    await action.run(async () => {
      const TemplateContent = { Subject: subject, ...(text === "" ? {} : { Text: text }), ...(html === "" ? {} : { Html: html }) };
      if (template) await call(nothing, "PUT", path([...base, name]), { TemplateContent });
      else await call(nothing, "POST", path(base), { TemplateName: name, TemplateContent });
      notify("success", copy.saved(name));
      edited(false);
      saved(name);
    });
  }

  return (
    <FormSection title={copy.editor} submit={copy.save} primary action={action} onSubmit={() => void submit()}>
      {!template && (
        <FormField label={copy.name} description={copy.nameHint} errorText={(tried || name !== "") && nameWrong ? copy.nameProblem : ""}>
          <Input value={name} spellcheck={false} autoComplete="off" onChange={change(setName)} />
        </FormField>
      )}
      <FormField label={copy.subject} errorText={tried && subject.trim() === "" ? copy.subjectNeeded : ""} stretch>
        <Input value={subject} placeholder={copy.placeholderSubject} onChange={change(setSubject)} />
      </FormField>
      <FormField label={copy.text} stretch>
        <Textarea value={text} rows={6} onChange={change(setText)} />
      </FormField>
      <FormField label={copy.html} stretch>
        <Textarea value={html} rows={8} spellcheck={false} onChange={change(setHtml)} />
      </FormField>
    </FormSection>
  );
}

function Preview({ template, edited }: { template: Template; edited: boolean }) {
  const [data, setData] = useState(() => sampleData(template.TemplateContent));
  const [shown, setShown] = useState<Composed>();
  const action = useAction();
  const copy = texts.templates;
  const wrong = !isJsonObject(data);
  const submit = () =>
    void action.run(async () => {
      const answer = await call(rendered, "POST", path([...base, template.TemplateName, "render"]), { TemplateData: data });
      setShown(readComposed(answer.RenderedTemplate));
    });
  return (
    <Section
      title={copy.preview}
      description={copy.previewDescription}
      actions={
        <Button disabled={wrong} loading={action.busy} onClick={submit}>
          {copy.render}
        </Button>
      }
    >
      <SpaceBetween size="m">
        {edited && <Box color="text-status-warning">{copy.unsaved}</Box>}
        <FormField label={copy.data} errorText={wrong ? copy.dataProblem : ""} stretch>
          <Textarea value={data} rows={5} spellcheck={false} onChange={({ detail }) => setData(detail.value)} />
        </FormField>
        <FailureAlert failure={action.failure} />
        {shown && !action.failure && (
          <div aria-live="polite">
            <SpaceBetween size="s">
              <Rendered label={copy.renderedSubject} text={shown.subject} />
              <Rendered label={copy.renderedText} text={shown.text} />
              <Rendered label={copy.renderedHtml} text={shown.html} />
            </SpaceBetween>
          </div>
        )}
      </SpaceBetween>
    </Section>
  );
}

function Rendered({ label, text }: { label: string; text: string | null }) {
  return (
    <div>
      <Box variant="awsui-key-label">{label}</Box>
      {text === null ? <Box color="text-body-secondary">{texts.templates.noPart}</Box> : <pre className="source">{text}</pre>}
    </div>
  );
}
