// A page's list: its title, how many there are and what can be done, a search, the entries, and more of them.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { TableProps } from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import type { ReactNode } from "react";
import type { Pages } from "../lib/pages";
import { texts } from "../texts";
import { EmptyList } from "./empty";
import { FailureAlert } from "./notices";
import { Table } from "./table";

export interface ListProps<T> {
  pages: Pages<T>;
  /** With `find`, its search is offered. */
  words: { title: string; description: string; table: string; empty: string; emptyDetail: string; find?: string };
  columns: TableProps.ColumnDefinition<T>[];
  trackBy: TableProps.TrackBy<T>;
  actions: ReactNode;
  /** What an empty list offers; the actions where it is not given. */
  emptyAction?: ReactNode;
  /** Fields that the service searches by, and how to clear them once they are filled. */
  filter?: { fields: ReactNode; clear: (() => void) | null };
  variant?: "full-page" | "container";
}

export function List<T>({ pages, words, columns, trackBy, actions, emptyAction = actions, filter, variant = "full-page" }: ListProps<T>) {
  const { search, more } = pages;
  const clear = filter ? filter.clear : search.active ? () => search.type("") : null;
  const looking = search.looking && pages.items.length === 0;
  return (
    <SpaceBetween size="m">
      <FailureAlert failure={pages.failure} retry={pages.retry} />
      <Table
        variant={variant}
        wrapLines
        loading={(pages.loading && !pages.loaded) || looking}
        loadingText={looking ? search.words : texts.loading}
        items={pages.items}
        trackBy={trackBy}
        ariaLabels={{ tableLabel: words.table }}
        columnDefinitions={columns}
        header={
          <Header
            variant={variant === "full-page" ? "awsui-h1-sticky" : "h1"}
            description={words.description}
            actions={actions}
            {...(pages.loaded ? { counter: `(${pages.count})` } : {})}
          >
            {words.title}
          </Header>
        }
        filter={
          filter?.fields ??
          (words.find !== undefined && (
            <TextFilter
              filteringText={search.typed}
              filteringAriaLabel={words.find}
              filteringPlaceholder={words.find}
              countText={search.words}
              onChange={({ detail }) => search.type(detail.filteringText)}
            />
          ))
        }
        footer={
          more && (
            <Box textAlign="center">
              <Button loading={more.busy} onClick={more.load}>
                {texts.lists.more}
              </Button>
            </Box>
          )
        }
        empty={pages.loaded && (clear ? <NoMatch clear={clear} /> : <EmptyList title={words.empty} detail={words.emptyDetail} action={emptyAction} />)}
      />
    </SpaceBetween>
  );
}

export function NoMatch({ clear }: { clear: () => void }) {
  return <EmptyList title={texts.lists.noMatch} action={<Button onClick={clear}>{texts.lists.clear}</Button>} />;
}
