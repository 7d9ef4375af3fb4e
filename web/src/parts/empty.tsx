// A list without entries: what it would hold, and what to do next.
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";

export function EmptyList({ title, detail, action }: { title: string; detail?: string; action?: ReactNode }) {
  return (
    <Box textAlign="center" padding="l">
      <SpaceBetween size="s">
        <Box variant="strong">{title}</Box>
        {detail && <Box color="text-body-secondary">{detail}</Box>}
        {action}
      </SpaceBetween>
    </Box>
  );
}
