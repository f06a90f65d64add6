import type { Check } from 'opentracing-ts/harness';

/** The names of the checks that fail. */
export async function failures(checks: readonly Check[]): Promise<string[]> {
  const failed: string[] = [];
  for (const check of checks) {
    try {
      await check.run();
    } catch {
      failed.push(check.name);
    }
  }
  return failed;
}
