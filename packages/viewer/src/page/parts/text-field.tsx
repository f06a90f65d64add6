import { useId } from 'preact/hooks';

/**
 * A text that a person writes, with what is wrong with it below. `suggestions` are texts that it may be
 * completed to, and `class` is one more for the whole field.
 */
export function TextField(props: {
  label: string;
  class?: string;
  type?: 'datetime-local';
  value: string;
  placeholder?: string;
  suggestions?: readonly string[];
  problem?: string | undefined;
  onWrite(value: string): void;
}) {
  const id = useId();
  const problemId = `${id}-problem`;
  return (
    <div class={`field ${props.class ?? ''}`}>
      <label for={id}>{props.label}</label>
      <input
        id={id}
        type={props.type ?? 'text'}
        // Moments are exact in the address, however the field writes them.
        step={props.type === undefined ? undefined : '0.001'}
        list={props.suggestions === undefined ? undefined : `${id}-list`}
        value={props.value}
        placeholder={props.placeholder}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        aria-invalid={props.problem !== undefined}
        aria-describedby={props.problem === undefined ? undefined : problemId}
        onInput={(event) => props.onWrite(event.currentTarget.value)}
      />
      {props.suggestions !== undefined && (
        <datalist id={`${id}-list`}>
          {props.suggestions.map((text) => (
            <option key={text} value={text} />
          ))}
        </datalist>
      )}
      {props.problem !== undefined && (
        <span class="problem" id={problemId}>
          {props.problem}
        </span>
      )}
    </div>
  );
}
