// The page of one thing: where it is listed, its name, what can be done, and the thing once it is loaded.
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState, type ReactNode } from "react";
import { call, path } from "../lib/client";
import type { Loaded } from "../lib/hooks";
import { go, href } from "../lib/router";
import { nothing } from "../lib/shapes";
import { texts } from "../texts";
import { Confirm } from "./confirm";
import { FailureAlert } from "./notices";

export interface ItemPageProps<T> {
  list: { page: string; title: string };
  id: string; // in the address
  name?: string; // as people know it, if not by its id
  loaded: Loaded<T>;
  description?: ReactNode;
  actions?: ReactNode;
  children: (value: T) => ReactNode;
}

export function ItemPage<T>({ list, id, name = id, loaded, description, actions, children }: ItemPageProps<T>) {
  return (
    <SpaceBetween size="l">
      <BreadcrumbGroup
        ariaLabel={list.title}
        items={[
          { text: list.title, href: href(list.page) },
          { text: name, href: href(list.page, id) },
        ]}
      />
      <Header variant="h1" description={description} actions={actions}>
        <span className="name">{name}</span>
      </Header>
      <FailureAlert failure={loaded.failure} retry={loaded.reload} />
      {loaded.value === undefined ? !loaded.failure && <StatusIndicator type="loading">{texts.loading}</StatusIndicator> : children(loaded.value)}
    </SpaceBetween>
  );
}

export interface DeleteItemProps {
  words: { delete: string; deleteTitle: string; deleteDetail: (name: string) => string };
  name: string;
  /** With a label: only who types the name deletes. */
  typed?: string;
  disabled: boolean;
  elements: string[]; // of its path in the API
  to: string; // the page of the list
}

/** A button that asks, deletes, and goes back to the list. */
export function DeleteItem({ words, name, typed, disabled, elements, to }: DeleteItemProps) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button disabled={disabled} onClick={() => setAsking(true)}>
        {words.delete}
      </Button>
      {asking && (
        <Confirm
          title={words.deleteTitle}
          detail={words.deleteDetail(name)}
          action={words.delete}
          {...(typed === undefined ? {} : { typed: { label: typed, text: name } })}
          close={() => setAsking(false)}
          work={async () => {
            await call(nothing, "DELETE", path(elements));
            go(href(to));
          }}
        />
      )}
    </>
  );
}
