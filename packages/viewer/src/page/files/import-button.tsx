import { useRef } from 'preact/hooks';
import { imported, importFiles } from './import.js';

/** A button that takes traces out of files. */
export function ImportButton() {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        title="Zipkin or OTLP JSON, or drop files anywhere on the page"
        disabled={imported.value?.reading !== undefined}
        onClick={() => input.current?.click()}
      >
        Import
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to import"
        onChange={(event) => {
          const { files } = event.currentTarget;
          if (files !== null) void importFiles([...files]);
          // The same file again is a change too.
          event.currentTarget.value = '';
        }}
      />
    </>
  );
}
