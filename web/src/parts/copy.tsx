// A text with a button that copies it.
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import { texts } from "../texts";

export function Copied({ text, label }: { text: string; label: string }) {
  return (
    <CopyToClipboard
      variant="inline"
      textToCopy={text}
      copyButtonAriaLabel={label}
      copySuccessText={texts.copied}
      copyErrorText={texts.errors.actionFailed}
    />
  );
}
