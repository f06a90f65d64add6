import { EventEmitter } from 'node:events';
import { PassThrough, type Readable, Transform, type TransformCallback } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Tracer } from 'opentracing-ts';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { describe, expect, test } from 'vitest';
import { managers } from '../managers.js';
import { spanOf, tracesOf } from '../traces.js';

/** Listens within a span. The listener runs in the context of whoever emits, so it is bound. */
function subscribe(tracer: Tracer, bus: EventEmitter): void {
  tracer.withActiveSpan('subscriber', () => {
    const listener = () => tracer.withActiveSpan('handle', () => {});
    bus.on('news', tracer.scopeManager.bind(listener));
  });
}

function publish(tracer: Tracer, bus: EventEmitter): void {
  tracer.withActiveSpan('publisher', () => bus.emit('news'));
}

/** One span for a whole stream, and one for the work on each chunk. */
function upperCase(tracer: Tracer, source: Readable, sink: PassThrough): Promise<void> {
  return tracer.withActiveSpan('copy', () => {
    const transform = (chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback) => {
      const upper = tracer.withActiveSpan('chunk', () => chunk.toString().toUpperCase());
      // Outside of the span: this runs whatever comes next in the pipeline.
      done(null, upper);
    };
    // It is called by whoever writes to the source or reads from the sink, so it is bound.
    const bound = tracer.scopeManager.bind(transform);
    // The promise of the pipeline settles when all streams are done, or one has failed.
    return pipeline(source, new Transform({ transform: bound }), sink);
  });
}

describe.each(managers)('Event emitters over $name:', ({ create, bindsListeners }) => {
  test('a bound listener has the span active that was so when it was bound', () => {
    const tracer = new MockTracer(create());
    const bus = new EventEmitter();

    subscribe(tracer, bus);
    publish(tracer, bus);

    expect(tracesOf(tracer)).toEqual(['subscriber', '- handle', 'publisher']);
  });

  test('any other listener has the span active of whoever emits, unless the manager binds it', () => {
    const tracer = new MockTracer(create());
    const bus = new EventEmitter();

    tracer.withActiveSpan('subscriber', () => {
      bus.on('news', () => tracer.withActiveSpan('handle', () => {}));
    });
    publish(tracer, bus);

    expect(tracesOf(tracer)).toEqual(
      bindsListeners
        ? ['subscriber', '- handle', 'publisher']
        : ['subscriber', 'publisher', '- handle'],
    );
  });
});

describe.each(managers)('Streams over $name:', ({ create }) => {
  test('the span covers the stream, its chunks are children, and who writes them is no parent', async () => {
    const tracer = new MockTracer(create());
    const source = new PassThrough();
    const sink = new PassThrough();

    const copied = upperCase(tracer, source, sink);
    const received = text(sink);
    for (const chunk of ['one ', 'two']) {
      tracer.withActiveSpan('writer', () => source.write(chunk));
    }
    source.end();
    await copied;

    expect(await received).toBe('ONE TWO');
    expect(tracesOf(tracer)).toEqual(['copy', '- chunk', '- chunk', 'writer', 'writer']);
    expect(tracer.finishedSpans().at(-1)?.operationName).toBe('copy');
  });

  test('a stream that fails is an error of the span', async () => {
    const tracer = new MockTracer(create());
    const source = new PassThrough();
    const error = new Error('The disk is gone.');

    const copied = upperCase(tracer, source, new PassThrough());
    source.destroy(error);

    await expect(copied).rejects.toBe(error);
    expect(spanOf(tracer, 'copy').tags.error).toBe(true);
  });
});
