import { useId } from 'preact/hooks';

/** A list of which one is chosen. A value that is none of the options becomes one. */
export function Choice(props: {
  label: string;
  value: string;
  options: readonly (readonly [value: string, label: string])[];
  disabled?: boolean;
  onChoose(value: string): void;
}) {
  const { label, value } = props;
  const id = useId();
  const isKnown = props.options.some(([each]) => each === value);
  const options = isKnown ? props.options : [[value, value] as const, ...props.options];
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        disabled={props.disabled ?? false}
        onChange={(event) => props.onChoose(event.currentTarget.value)}
      >
        {options.map(([each, text]) => (
          // `selected` too: the value of the select is set before options that come later
          <option key={each} value={each} selected={each === value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
