import { checkOptions } from '../check-options.js';
import type { BasicSpan } from './basic-span.js';
import type { SpanRecorder } from './recorder.js';

/** What a `ConsoleRecorder` is made of. */
export interface ConsoleRecorderOptions {
  /** The program, which each line names; by default none does. */
  serviceName?: string | undefined;
  /** Takes one line, without its end. By default `console.log`. */
  write?: ((line: string) => void) | undefined;
}

/**
 * Writes a line for each span when it finishes, and one under it for each of its logs: to see what a
 * program records with nothing else running. Children finish before their parents, so they come first.
 *
 * A value that is more than a word is in quotes, and never makes a second line.
 *
 * @example
 * ```ts
 * const lines: string[] = [];
 * const recorder = new ConsoleRecorder({ write: (line) => void lines.push(line) });
 * const tracer = new BasicTracer({ recorder });
 * tracer.startSpan('lunch', { startTime: 1000, tags: { hot: true } }).finish(1012.5);
 * console.log(lines[0]?.replace(/[0-9a-f]{16}/g, '…'));
 * ```
 * ```text
 * lunch 12.5 ms trace=… span=… hot=true
 * ```
 */
export class ConsoleRecorder implements SpanRecorder {
  /** @internal */
  _write: (line: string) => void;
  /** @internal */
  _serviceName: string | undefined;

  /** @throws TypeError - where `options` are none */
  constructor(options?: ConsoleRecorderOptions | null) {
    checkOptions('ConsoleRecorder', options ?? {}, {});
    this._serviceName = options?.serviceName;
    this._write = options?.write ?? ((line) => console.log(line));
  }

  recordSpan(span: BasicSpan): void {
    const context = span.context();
    const { startTime, duration, parentId, tags, logs } = span;
    const ids = {
      service: this._serviceName,
      trace: context.toTraceId(),
      span: context.toSpanId(),
      parent: parentId,
    };
    const name = text(span.operationName);
    this._write(`${name} ${milliseconds(duration)}${pairs(ids)}${pairs(tags)}`);
    for (const { timestamp, fields } of logs) {
      this._write(`  +${milliseconds(timestamp - startTime)}${pairs(fields)}`);
    }
  }
}

function milliseconds(duration: number): string {
  return `${Number(duration.toFixed(3))} ms`;
}

/** `a=1 b="two words"`, with a space before each; without what is `null` or not given. */
function pairs(values: object): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([key, value]) => ` ${text(key)}=${text(value)}`)
    .join('');
}

/** A value of the program, which may be anything, in one line. */
function text(value: unknown): string {
  try {
    const isData = typeof value === 'object' && !(value instanceof Error);
    const plain = isData ? JSON.stringify(value) : String(value);
    return /^[!#-~]+$/.test(plain) ? plain : JSON.stringify(plain);
  } catch {
    return '?';
  }
}
