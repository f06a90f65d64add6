import type { Attributes, Span as OtelSpan, TimeInput } from '@opentelemetry/api';
import { readEntries } from '../span-options.js';
import { attributeValue } from './attribute-value.js';

/** What is left of a log without the field `event`. */
const NO_EVENT = 'log';

/** OpenTelemetry's names for the fields of an error. */
const OF_ERRORS: Readonly<Record<string, string>> = {
  message: 'exception.message',
  'error.kind': 'exception.type',
  stack: 'exception.stacktrace',
};

/**
 * Adds what was logged to an OpenTelemetry span: an event whose name is the field `event`, and `log`
 * where there is none; an error as `recordException` does.
 *
 * Source: OpenTelemetry specification, "OpenTracing Compatibility", "Log".
 *
 * @param fields - of the program; what throws when it is asked is left out
 * @internal
 */
export function addLog(span: OtelSpan, fields: unknown, time: TimeInput | undefined): void {
  if (typeof fields !== 'object' || fields === null) {
    return;
  }
  const { event, ...others } = readEntries(fields);
  if (event === 'error' && isError(others)) {
    addError(span, others, time);
    return;
  }
  const name = attributeValue(event);
  span.addEvent(
    name === undefined || name === '' ? NO_EVENT : String(name),
    attributesOf(others),
    time,
  );
}

/** The value of a tag `error`, or of a field `error.object`, as the fields of an error. */
function fieldsOfObject(error: unknown): Record<string, unknown> {
  if (typeof error !== 'object' || error === null) {
    return { message: error };
  }
  try {
    const { message, name, stack } = error as Partial<Error>;
    return { message, 'error.kind': name, stack };
  } catch {
    return {};
  }
}

function isError(fields: Readonly<Record<string, unknown>>): boolean {
  return ['error.object', ...Object.keys(OF_ERRORS)].some((key) => fields[key] !== undefined);
}

function addError(
  span: OtelSpan,
  logged: Readonly<Record<string, unknown>>,
  time: TimeInput | undefined,
): void {
  const { 'error.object': error, ...own } = logged;
  const fields = { ...attributesOf(fieldsOfObject(error)), ...attributesOf(own) };
  if (Object.keys(fields).every((key) => Object.hasOwn(OF_ERRORS, key))) {
    const { message = '', 'error.kind': name = 'Error', stack } = fields;
    const exception = { name: String(name), message: String(message) };
    span.recordException(
      stack === undefined ? exception : { ...exception, stack: String(stack) },
      time,
    );
    return;
  }
  // recordException has no place for what else was logged.
  const attributes: Attributes = {};
  for (const [key, value] of Object.entries(fields)) {
    attributes[OF_ERRORS[key] ?? key] = value;
  }
  span.addEvent('exception', attributes, time);
}

/** Without what has no text. */
function attributesOf(fields: Record<string, unknown>): Attributes {
  const attributes: Attributes = {};
  for (const key of Object.keys(fields)) {
    const value = attributeValue(fields[key]);
    if (value !== undefined) {
      attributes[key] = value;
    }
  }
  return attributes;
}
