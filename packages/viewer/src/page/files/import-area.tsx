import { useEffect, useState } from 'preact/hooks';
import { count } from '../format/count.js';
import { type Imported, imported, importedHref, importFiles } from './import.js';

/** On every page: how an import goes and what came of it, and a place to drop files. */
export function ImportArea() {
  const isOver = useDrop((files) => void importFiles(files));
  const state = imported.value;
  const isReading = state?.reading !== undefined;
  return (
    <>
      {isReading && (
        <div class="import">
          <p>
            Reading {state.reading}… {count(state.spans, 'span')} so far
          </p>
        </div>
      )}
      <div role="status">{state !== undefined && !isReading && <Outcome state={state} />}</div>
      {isOver && (
        <div class="drop">
          <p>Drop files with traces: Zipkin or OTLP JSON</p>
        </div>
      )}
    </>
  );
}

function Outcome({ state }: { state: Imported }) {
  const { spans, traceIds, problems } = state;
  return (
    <div class="import">
      {spans > 0 && (
        <p>
          Imported {count(spans, 'span')} of{' '}
          <a href={importedHref(state)}>{count(traceIds.size, 'trace')}</a>
        </p>
      )}
      {spans === 0 && problems.length === 0 && <p>There are no spans in there.</p>}
      {problems.map((problem) => (
        <p key={problem} class="problem">
          {problem}
        </p>
      ))}
      <button
        type="button"
        class="small"
        aria-label="Close what the import says"
        onClick={() => {
          imported.value = undefined;
        }}
      >
        ✕
      </button>
    </div>
  );
}

/** Takes the files that are dropped on the page. @returns whether some are held over it */
function useDrop(take: (files: File[]) => void): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const listeners = new AbortController();
    const on = (type: 'dragover' | 'dragleave' | 'drop', listener: (event: DragEvent) => void) =>
      window.addEventListener(type, listener, { signal: listeners.signal });
    on('dragover', (event) => {
      if (event.dataTransfer?.types.includes('Files') !== true) return;
      event.preventDefault();
      setOver(true);
    });
    // It leaves the window for nothing that is in it.
    on('dragleave', ({ relatedTarget }) => {
      if (relatedTarget === null) setOver(false);
    });
    on('drop', (event) => {
      setOver(false);
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      take(files);
    });
    return () => listeners.abort();
  }, []);
  return isOver;
}
