// A new password, typed twice.
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { texts } from "../texts";

const minPasswordCharacters = 12;

export interface NewPassword {
  first: string;
  second: string;
}

/** What is wrong with it, for each field. */
export function passwordProblems({ first, second }: NewPassword): { first: string; second: string } {
  const missing = minPasswordCharacters - [...first].length;
  return {
    first: missing > 0 ? texts.setup.tooShort(missing) : "",
    second: second === first ? "" : texts.setup.different,
  };
}

interface Props {
  value: NewPassword;
  labels: { first: string; second: string };
  tried: boolean; // to submit: problems of untouched fields are shown too
  change: (value: NewPassword) => void;
}

export function NewPasswordFields({ value, labels, tried, change }: Props) {
  const problems = passwordProblems(value);
  const show = (text: string, problem: string) => (tried || text !== "" ? problem : "");
  return (
    <SpaceBetween size="m">
      <FormField label={labels.first} constraintText={texts.setup.hint} errorText={show(value.first, problems.first)}>
        <Input
          type="password"
          autoComplete="new-password"
          value={value.first}
          onChange={({ detail }) => change({ ...value, first: detail.value })}
        />
      </FormField>
      <FormField label={labels.second} errorText={show(value.second, problems.second)}>
        <Input
          type="password"
          autoComplete="new-password"
          value={value.second}
          onChange={({ detail }) => change({ ...value, second: detail.value })}
        />
      </FormField>
    </SpaceBetween>
  );
}
