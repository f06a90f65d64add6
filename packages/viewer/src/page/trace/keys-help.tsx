import type { RefObject } from 'preact';

const keys: readonly (readonly [keys: string, does: string])[] = [
  ['↑ ↓', 'the span above or below'],
  ['← →', 'close or open what is under a span'],
  ['Page Up, Page Down, Home, End', 'far moves'],
  ['Enter', 'details of the span'],
  ['Esc', 'close the details'],
  ['/', 'find in the trace; then Enter and Shift+Enter step'],
  ['e, Shift+E', 'the next or the previous error'],
  ['c', 'the critical path'],
  ['?', 'this help'],
];

/** The keys of the timeline, in a dialog. */
export function KeysHelp({ dialogRef }: { dialogRef: RefObject<HTMLDialogElement | null> }) {
  return (
    <>
      <button type="button" class="small" onClick={() => dialogRef.current?.showModal()}>
        Keys
      </button>
      <dialog ref={dialogRef} class="keys-help" aria-label="Keys of the timeline">
        <table class="pairs">
          <tbody>
            {keys.map(([key, does]) => (
              <tr key={key}>
                <th scope="row">{key}</th>
                <td>{does}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <button type="button" onClick={() => dialogRef.current?.close()}>
          Close
        </button>
      </dialog>
    </>
  );
}
