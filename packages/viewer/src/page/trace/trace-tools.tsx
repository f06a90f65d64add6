import type { RefObject } from 'preact';
import type { Node } from '../../model/tree.js';
import { hrefWith, navigate } from '../location.js';
import { KeysHelp } from './keys-help.js';
import { stepFrom } from './moves.js';

interface Props {
  /** All spans, in the order of the rows. */
  nodes: readonly Node[];
  /** What is looked for. */
  find: string;
  /** The spans that are found, as they stand in the rows. */
  found: readonly Node[];
  errors: readonly Node[];
  /** The span from which one steps on. */
  current: Node | undefined;
  isPathShown: boolean;
  findRef: RefObject<HTMLInputElement | null>;
  helpRef: RefObject<HTMLDialogElement | null>;
  onStep(node: Node): void;
}

/** Above the rows: the search in the trace, the way from error to error, and the critical path. */
export function TraceTools(props: Props) {
  const { nodes, find, found, errors, current, isPathShown, findRef, helpRef, onStep } = props;
  const step = (among: readonly Node[], by: 1 | -1) => {
    const next = stepFrom(among, nodes, current, by);
    if (next !== undefined) onStep(next);
  };
  return (
    <div class="trace-tools">
      <search class="trace-find">
        <input
          type="search"
          ref={findRef}
          value={find}
          placeholder="Find in this trace"
          aria-label="Find in this trace"
          title="Services, operations, tags, logs and ids (/)"
          autocomplete="off"
          spellcheck={false}
          onInput={(event) =>
            navigate(hrefWith({ find: event.currentTarget.value || undefined }), 'replace')
          }
          onKeyDown={(event) => {
            if (event.key === 'Enter') step(found, event.shiftKey ? -1 : 1);
            else if (event.key === 'Escape') event.currentTarget.blur();
          }}
        />
        {find.trim() !== '' && (
          <Steps
            what="match"
            text={placeText(found, current, 'No match')}
            isEmpty={found.length === 0}
            onStep={(by) => step(found, by)}
          />
        )}
      </search>
      {errors.length > 0 && (
        <div class="trace-errors">
          <span>Errors</span>
          <Steps
            what="error"
            text={placeText(errors, current, '')}
            isEmpty={false}
            onStep={(by) => step(errors, by)}
          />
        </div>
      )}
      <label class="toggle" title="What the duration of the trace is made of (c)">
        <input
          type="checkbox"
          checked={isPathShown}
          onChange={(event) => navigate(pathHref(event.currentTarget.checked), 'replace')}
        />
        Critical path
      </label>
      <KeysHelp dialogRef={helpRef} />
    </div>
  );
}

/** The address with or without the critical path. */
export function pathHref(isShown: boolean): string {
  return hrefWith({ path: isShown ? 'critical' : undefined });
}

function placeText(nodes: readonly Node[], current: Node | undefined, none: string): string {
  if (nodes.length === 0) return none;
  const at = current === undefined ? -1 : nodes.indexOf(current);
  return at === -1 ? String(nodes.length) : `${at + 1} of ${nodes.length}`;
}

function Steps(props: { what: string; text: string; isEmpty: boolean; onStep(by: 1 | -1): void }) {
  return (
    <>
      <span class="trace-steps" role="status">
        {props.text}
      </span>
      {([-1, 1] as const).map((by) => (
        <button
          key={by}
          type="button"
          class="small"
          disabled={props.isEmpty}
          aria-label={`${by === 1 ? 'Next' : 'Previous'} ${props.what}`}
          onClick={() => props.onStep(by)}
        >
          {by === 1 ? '↓' : '↑'}
        </button>
      ))}
    </>
  );
}
