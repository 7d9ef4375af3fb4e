// Cloudscape's table; on a narrow screen, where it would be cut off at the right, one column in which each row's values
// stand below each other with their names.
import CloudscapeTable, { type TableProps } from "@cloudscape-design/components/table";
import { useSyncExternalStore } from "react";

const narrowScreen = window.matchMedia("(max-width: 688px)"); // where Cloudscape folds the navigation away

function subscribe(listener: () => void): () => void {
  narrowScreen.addEventListener("change", listener);
  return () => narrowScreen.removeEventListener("change", listener);
}

type Column<T> = TableProps.ColumnDefinition<T>;

function stacked<T>(columns: readonly Column<T>[]): Column<T>[] {
  const title = columns.find(({ isRowHeader }) => isRowHeader) ?? columns[0];
  if (!title || columns.length < 2) return [...columns];
  const rest = columns.filter((column) => column !== title);
  const cell = (item: T) => (
    <div className="stacked">
      <div>{title.cell(item)}</div>
      <dl>
        {rest.map((column) => (
          <div key={column.id}>
            <dt>{column.header}</dt>
            <dd>{column.cell(item)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
  return [{ id: title.id, header: title.header, cell }];
}

export function Table<T>(props: TableProps<T>) {
  const narrow = useSyncExternalStore(subscribe, () => narrowScreen.matches);
  if (!narrow) return <CloudscapeTable {...props} />;
  return <CloudscapeTable {...props} wrapLines columnDefinitions={stacked(props.columnDefinitions)} />;
}
