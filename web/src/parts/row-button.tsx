// What can be done with one row of a list. Its name says with which, for who hears it without the row.
import Button from "@cloudscape-design/components/button";

export function RowButton({ word, row, onClick }: { word: string; row: string; onClick: () => void }) {
  return (
    <Button variant="inline-link" ariaLabel={`${word}: ${row}`} onClick={onClick}>
      {word}
    </Button>
  );
}
