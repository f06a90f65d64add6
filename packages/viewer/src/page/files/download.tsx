import { useRef } from 'preact/hooks';
import type { Span } from '../../model/span.js';
import { FORMATS, type Format, writeTraces } from '../../model/span-files.js';

const LABELS: Readonly<Record<Format, string>> = { zipkin: 'Zipkin JSON', otlp: 'OTLP JSON' };

/**
 * A menu that saves traces as a file, which `import` takes.
 * @param props.name of the file, without its ending
 */
export function Download(props: { name: string; traces: () => readonly (readonly Span[])[] }) {
  const menu = useRef<HTMLDetailsElement>(null);
  const close = () => menu.current?.removeAttribute('open');
  return (
    <details
      class="download"
      ref={menu}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || menu.current?.open !== true) return;
        event.stopPropagation();
        close();
        menu.current.querySelector('summary')?.focus();
      }}
    >
      <summary>Download</summary>
      <div class="download-formats">
        {FORMATS.map((format) => (
          <button
            key={format}
            type="button"
            onClick={() => {
              save(fileName(props.name, format), writeTraces(format, props.traces()));
              close();
            }}
          >
            {LABELS[format]}
          </button>
        ))}
      </div>
    </details>
  );
}

/** A request of OTLP on each line is no single JSON value. */
function fileName(name: string, format: Format): string {
  return `${name}.${format}.${format === 'otlp' ? 'jsonl' : 'json'}`;
}

function save(name: string, parts: Iterable<string>): void {
  const url = URL.createObjectURL(new Blob([...parts], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
