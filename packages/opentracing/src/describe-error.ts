/**
 * The log fields for a caught value, as the OpenTracing semantic conventions name them.
 *
 * The value comes from the program and may be anything, a proxy that throws included: whatever can
 * not be read is left out.
 *
 * @internal
 */
export function describeError(error: unknown): Record<string, unknown> {
  const fields: Record<string, unknown> = { event: 'error', 'error.object': error };
  try {
    if (error instanceof Error || (typeof error === 'object' && error !== null)) {
      const { message, name, stack } = error as Partial<Error>;
      fields.message = message ?? String(error);
      fields['error.kind'] = name ?? error.constructor?.name ?? 'object';
      if (stack !== undefined) {
        fields.stack = stack;
      }
    } else {
      fields.message = String(error);
      fields['error.kind'] = typeof error;
    }
  } catch {
    fields.message ??= 'a value that cannot be described';
  }
  return fields;
}
