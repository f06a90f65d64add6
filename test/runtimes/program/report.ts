import type { Check } from 'opentracing-ts/harness';

/** One part of the library: its checks; throws, or rejects, where the runtime cannot have it. */
export type Area = () => readonly Check[];

/** How an area did. */
export interface AreaReport {
  /** How many checks held. */
  readonly passed: number;
  /** What the others said, by their names. */
  readonly failed: Readonly<Record<string, string>>;
  /** Why there was nothing to check. */
  readonly unavailable?: string;
}

/** How the areas did, by their names. */
export type Report = Readonly<Record<string, AreaReport>>;

// Where nothing wakes a check up again, a runtime may take the whole program for dead.
const DEADLINE_MS = 5_000;

/**
 * Checks areas, one after the other.
 *
 * @param areas - the areas by their names
 * @param only - the name of the one to check; all when it is not given
 */
export async function report(
  areas: Readonly<Record<string, Area>>,
  only?: string,
): Promise<Report> {
  const reports: Record<string, AreaReport> = {};
  for (const [name, area] of Object.entries(areas)) {
    if (only === undefined || only === name) {
      reports[name] = await reportOf(area);
    }
  }
  return reports;
}

async function reportOf(area: Area): Promise<AreaReport> {
  let checks: readonly Check[];
  try {
    checks = area();
  } catch (error) {
    return unavailable(messageOf(error));
  }
  const failed: Record<string, string> = {};
  for (const check of checks) {
    try {
      await inTime(check);
    } catch (error) {
      failed[check.name] = messageOf(error);
    }
  }
  return { passed: checks.length - Object.keys(failed).length, failed };
}

function unavailable(reason: string): AreaReport {
  return { passed: 0, failed: {}, unavailable: reason };
}

/** The report of what needs modules of Node, where they are missing. */
export function withoutModules(reason: string): Report {
  return Object.fromEntries(
    ['httpClient', 'httpServer', 'fetch'].map((area) => [area, unavailable(reason)]),
  );
}

async function inTime({ run }: Check): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('It came to no end.')), DEADLINE_MS);
  });
  try {
    await Promise.race([run(), deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** The message without the ids, which are others each time. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/'[0-9a-f]+'/g, "'…'");
}

/** @throws Error saying `sentence` unless `condition` holds */
export function ensure(condition: boolean, sentence: string): asserts condition {
  if (!condition) {
    throw new Error(sentence);
  }
}
