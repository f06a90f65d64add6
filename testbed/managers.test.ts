import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { describe, expect, test } from 'vitest';
import { managers } from './managers.js';

// So that no scenario helps a manager that needs no help, or leaves one alone that does.
describe.each(managers)('$name does what it declares:', (manager) => {
  test(`a span ${manager.followsAwait ? 'stays' : 'is no longer'} active behind an await`, async () => {
    const tracer = new MockTracer(manager.create());
    const active = await tracer.withActiveSpan('span', async (span) => {
      await setImmediate();
      return tracer.activeSpan === span;
    });
    expect(active).toBe(manager.followsAwait);
  });

  test(`a span is ${manager.propagatesToChildren ? '' : 'not '}active in the timers that are set in it`, async () => {
    const tracer = new MockTracer(manager.create());
    const active = await tracer.withActiveSpan('span', (span) => {
      return new Promise((resolve) => setTimeout(() => resolve(tracer.activeSpan === span), 1));
    });
    expect(active).toBe(manager.propagatesToChildren);
  });

  test(`a listener runs under the span that ${manager.bindsListeners ? 'adds it' : 'emits'}`, () => {
    const tracer = new MockTracer(manager.create());
    const emitter = new EventEmitter();
    const seen: unknown[] = [];
    const adding = tracer.startSpan('adding');
    tracer.scopeManager.withActive(adding, () => {
      emitter.on('event', () => seen.push(tracer.activeSpan?.context()));
    });
    const emitting = tracer.startSpan('emitting');
    tracer.scopeManager.withActive(emitting, () => emitter.emit('event'));
    expect(seen).toEqual([(manager.bindsListeners ? adding : emitting).context()]);
  });
});
