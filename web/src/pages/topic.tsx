// One topic and who is subscribed to it.
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { call, path } from "../lib/client";
import { subscription as subscriptionShape, topicDetail, type Subscription } from "../lib/configuration-shapes";
import { useAction, useEvery, useLoaded } from "../lib/hooks";
import { isWebUrl } from "../lib/names";
import { nothing } from "../lib/shapes";
import { showTime } from "../lib/time";
import { topicsBase } from "../lib/topics";
import { Confirm } from "../parts/confirm";
import { Copied } from "../parts/copy";
import { FormDialog } from "../parts/dialog";
import { EmptyList } from "../parts/empty";
import { DeleteItem, ItemPage } from "../parts/item";
import { FailureAlert, useNotify } from "../parts/notices";
import { RowButton } from "../parts/row-button";
import { Table } from "../parts/table";
import { texts } from "../texts";

type Shown = { kind: "none" } | { kind: "subscribe" } | { kind: "unsubscribe"; subscription: Subscription };

export function TopicPage({ arn }: { arn: string }) {
  const topic = useLoaded(arn, (signal) => call(topicDetail, "GET", path([...topicsBase, arn]), undefined, signal));
  const [shown, setShown] = useState<Shown>({ kind: "none" });
  const waits = topic.value?.subscriptions.some(({ confirmed }) => !confirmed) ?? false;
  useEvery(3000, () => waits && topic.reload());
  const again = useAction();
  const notify = useNotify();
  const copy = texts.topics;
  const close = () => setShown({ kind: "none" });
  const name = arn.slice(arn.lastIndexOf(":") + 1);
  const subscribe = <Button onClick={() => setShown({ kind: "subscribe" })}>{copy.subscribe}</Button>;

  async function send({ endpoint, raw_message_delivery }: Pick<Subscription, "endpoint" | "raw_message_delivery">) {
    await call(subscriptionShape, "POST", path([...topicsBase, arn, "subscriptions"]), { endpoint, raw_message_delivery });
    notify("success", copy.subscribed(endpoint));
    topic.reload();
  }

  return (
    <ItemPage
      list={{ page: "topics", title: copy.title }}
      id={arn}
      name={name}
      loaded={topic}
      actions={<DeleteItem words={copy} name={name} disabled={!topic.value} elements={[...topicsBase, arn]} to="topics" />}
    >
      {(value) => (
        <SpaceBetween size="l">
          <FailureAlert failure={again.failure} />
          <Container>
            <KeyValuePairs
              columns={3}
              items={[
                { label: copy.arn, value: <Copied text={value.arn} label={`${texts.copy}: ${copy.arn}`} /> },
                { label: copy.displayName, value: <span className="name">{value.display_name || texts.none}</span> },
                { label: copy.created, value: showTime(value.created) },
              ]}
            />
          </Container>
          <Table
            wrapLines
            items={value.subscriptions}
            trackBy="arn"
            ariaLabels={{ tableLabel: copy.subscriptionsTable }}
            header={
              <Header variant="h2" description={copy.subscriptionsDescription} actions={subscribe}>
                {copy.subscriptions}
              </Header>
            }
            columnDefinitions={[
              { id: "endpoint", header: copy.endpoint, isRowHeader: true, minWidth: 200, cell: (one) => <span className="name">{one.endpoint}</span> },
              {
                id: "state",
                header: copy.state,
                minWidth: 160,
                cell: (one) => (
                  <StatusIndicator type={one.confirmed ? "success" : "pending"}>{one.confirmed ? copy.confirmed : copy.pending}</StatusIndicator>
                ),
              },
              { id: "raw", header: copy.raw, cell: (one) => (one.raw_message_delivery ? copy.rawYes : copy.rawNo) },
              {
                id: "actions",
                header: texts.actions,
                minWidth: 180,
                cell: (one) => (
                  <SpaceBetween direction="horizontal" size="s">
                    {!one.confirmed && (
                      <RowButton word={copy.again} row={one.endpoint} onClick={() => void again.run(() => send(one))} />
                    )}
                    <RowButton word={copy.unsubscribe} row={one.endpoint} onClick={() => setShown({ kind: "unsubscribe", subscription: one })} />
                  </SpaceBetween>
                ),
              },
            ]}
            empty={<EmptyList title={copy.noSubscriptions} detail={copy.noSubscriptionsDetail} action={subscribe} />}
          />
          {shown.kind === "subscribe" && <Subscribe send={send} close={close} />}
          {shown.kind === "unsubscribe" && (
            <Confirm
              title={copy.unsubscribeTitle}
              detail={copy.unsubscribeDetail(shown.subscription.endpoint)}
              action={copy.unsubscribe}
              close={close}
              work={async () => {
                await call(nothing, "DELETE", path(["v2", "sesame", "subscriptions", shown.subscription.arn]));
                topic.reload();
              }}
            />
          )}
        </SpaceBetween>
      )}
    </ItemPage>
  );
}

interface SubscribeProps {
  send: (what: { endpoint: string; raw_message_delivery: boolean }) => Promise<void>;
  close: () => void;
}

function Subscribe({ send, close }: SubscribeProps) {
  const [endpoint, setEndpoint] = useState("");
  const [raw, setRaw] = useState(false);
  const [tried, setTried] = useState(false);
  const action = useAction();
  const copy = texts.topics;
  const wrong = !isWebUrl(endpoint);

  async function submit() {
    setTried(true);
    if (wrong) return;
    await action.run(async () => {
      await send({ endpoint: endpoint.trim(), raw_message_delivery: raw });
      close();
    });
  }

  return (
    <FormDialog header={copy.subscribeTitle} submit={copy.subscribe} action={action} onSubmit={() => void submit()} close={close}>
      <FormField label={copy.endpoint} errorText={(tried || endpoint !== "") && wrong ? copy.endpointProblem : ""}>
        <Input value={endpoint} type="url" spellcheck={false} autoComplete="off" onChange={({ detail }) => setEndpoint(detail.value)} />
      </FormField>
      <Checkbox checked={raw} description={copy.rawHint} onChange={({ detail }) => setRaw(detail.checked)}>
        {copy.raw}
      </Checkbox>
    </FormDialog>
  );
}
