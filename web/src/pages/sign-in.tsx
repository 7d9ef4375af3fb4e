// Proving who one is: on a page of its own, and in front of a page whose session has ended.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState, type FormEvent, type ReactNode } from "react";
import { setUp, signIn } from "../lib/client";
import { useAction } from "../lib/hooks";
import { go } from "../lib/router";
import type { Session } from "../lib/shapes";
import { NewPasswordFields, passwordProblems } from "../parts/password";
import { texts } from "../texts";

/** Not FailureAlert: here a refusal has to be said even if it is about a session. */
function Problem({ message }: { message: string | undefined }) {
  return message ? <Alert type="error">{message}</Alert> : null;
}

interface SignInProps {
  passwordSet: boolean;
  byKey?: boolean; // to begin with
  signedIn: (session: Session) => void;
}

export function SignInForm({ passwordSet, byKey = !passwordSet, signedIn }: SignInProps) {
  const [method, setMethod] = useState(byKey ? "key" : "password");
  const [password, setPassword] = useState("");
  const [keyId, setKeyId] = useState("");
  const [secret, setSecret] = useState("");
  const [tried, setTried] = useState(false);
  const action = useAction();
  const byPassword = method === "password";
  const missing = (text: string) => (tried && text === "" ? texts.signIn.required : "");

  async function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (byPassword ? password === "" : keyId === "" || secret === "") return;
    await action.run(async () => {
      const proof = byPassword ? { password } : { access_key_id: keyId.trim(), secret_access_key: secret.trim() };
      signedIn(await signIn(proof));
    });
  }

  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Form
        actions={
          <Button variant="primary" formAction="submit" loading={action.busy}>
            {texts.signIn.submit}
          </Button>
        }
      >
        <SpaceBetween size="m">
          <Problem message={action.failure?.message} />
          <FormField label={texts.signIn.method}>
            <RadioGroup
              value={method}
              onChange={({ detail }) => setMethod(detail.value)}
              items={[
                { value: "password", label: texts.signIn.byPassword },
                { value: "key", label: texts.signIn.byKey },
              ]}
            />
          </FormField>
          {byPassword && !passwordSet && (
            <Alert type="info" header={texts.signIn.noPassword}>
              {texts.signIn.noPasswordDetail}
            </Alert>
          )}
          {byPassword ? (
            <FormField label={texts.signIn.password} errorText={missing(password)}>
              <Input
                type="password"
                autoComplete="current-password"
                value={password}
                onChange={({ detail }) => setPassword(detail.value)}
              />
            </FormField>
          ) : (
            <SpaceBetween size="m">
              <FormField label={texts.signIn.accessKeyId} errorText={missing(keyId)}>
                <Input
                  autoComplete="username"
                  spellcheck={false}
                  value={keyId}
                  onChange={({ detail }) => setKeyId(detail.value)}
                />
              </FormField>
              <FormField label={texts.signIn.secretAccessKey} errorText={missing(secret)}>
                <Input
                  type="password"
                  autoComplete="current-password"
                  value={secret}
                  onChange={({ detail }) => setSecret(detail.value)}
                />
              </FormField>
            </SpaceBetween>
          )}
        </SpaceBetween>
      </Form>
    </form>
  );
}

function Sheet({ title, description, children }: { title: string; description: string; children: ReactNode }) {
  return (
    <main className="sheet">
      <SpaceBetween size="l">
        <Box variant="p" textAlign="center" fontSize="heading-l" fontWeight="bold">
          {texts.product}
        </Box>
        <Container
          header={
            <Header variant="h1" description={description}>
              {title}
            </Header>
          }
        >
          {children}
        </Container>
      </SpaceBetween>
    </main>
  );
}

export function SignInPage(props: SignInProps) {
  return (
    <Sheet title={texts.signIn.title} description={texts.signIn.intro}>
      <SignInForm {...props} />
    </Sheet>
  );
}

export function SetupPage({ token, signedIn }: { token: string; signedIn: (session: Session) => void }) {
  const [value, setValue] = useState({ first: "", second: "" });
  const [tried, setTried] = useState(false);
  const action = useAction();

  async function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    const problems = passwordProblems(value);
    if (problems.first || problems.second) return;
    await action.run(async () => {
      const session = await setUp(token, value.first);
      go("#/domains");
      signedIn(session);
    });
  }

  return (
    <Sheet title={texts.setup.title} description={texts.setup.intro}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Form
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" formAction="none" onClick={() => go("#/")}>
                {texts.setup.toSignIn}
              </Button>
              <Button variant="primary" formAction="submit" loading={action.busy}>
                {texts.setup.submit}
              </Button>
            </SpaceBetween>
          }
        >
          <SpaceBetween size="m">
            <Problem message={action.failure?.message} />
            <NewPasswordFields
              value={value}
              labels={{ first: texts.setup.password, second: texts.setup.again }}
              tried={tried}
              change={setValue}
            />
          </SpaceBetween>
        </Form>
      </form>
    </Sheet>
  );
}
