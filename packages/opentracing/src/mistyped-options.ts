/**
 * What looks like a slip of the pen among the names of options, `samplr` for one, or is how other
 * libraries call one: TypeScript tells of it in a literal only, and JavaScript nowhere. Other names are
 * nobody's business: they may be those of another part, or of a newer version.
 *
 * @param of - the name of the class that takes the options
 * @param known - has every option that there is as a key
 * @param elsewhere - names for what is said in another way, with what to say
 * @returns `null` where all is well
 * @internal
 */
export function mistypedOptions(
  of: string,
  options: object | null | undefined,
  known: Readonly<Record<string, true>>,
  elsewhere: Readonly<Record<string, string>> = {},
): Error | null {
  const slips: string[] = [];
  for (const name of typeof options === 'object' ? Object.keys(options ?? {}) : []) {
    if (Object.hasOwn(known, name)) {
      continue;
    }
    const meant = Object.hasOwn(elsewhere, name)
      ? elsewhere[name]
      : (otherName(name, options ?? {}, known) ??
        Object.keys(known).find((other) => isAlmost(name.toLowerCase(), other.toLowerCase())));
    if (meant !== undefined) {
      slips.push(`'${name}' (did you mean ${meant}?)`);
    }
  }
  return slips.length === 0 ? null : new MistypedOptionError(of, slips.join(' or '));
}

/** How other libraries call what we call otherwise. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  endpoint: 'url',
  uri: 'url',
  timeout: 'timeoutMs',
  batchSize: 'maxBatchSize',
  maxSize: 'maxBytes',
  clock: 'now',
  rootSampler: 'root',
  sampleRate: 'sampler: new ProbabilitySampler(rate)',
  exporter: 'recorder: new BatchRecorder({ exporter })',
};

/** Not where the option that is meant is given as well: the other may then be there for another part. */
function otherName(
  name: string,
  options: object,
  known: Readonly<Record<string, true>>,
): string | undefined {
  const meant = Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name] : undefined;
  const [option = ''] = meant?.split(':') ?? [];
  return Object.hasOwn(known, option) && !Object.hasOwn(options, option) ? meant : undefined;
}

class MistypedOptionError extends Error {
  constructor(of: string, slips: string) {
    super(`${of} has no option ${slips}.`);
    this.name = 'MistypedOptionError';
  }
}

/** Whether a letter or two were left out, put in, mistaken or, if neighbours, swapped. */
function isAlmost(a: string, b: string): boolean {
  const most = Math.min(a.length, b.length) < 5 ? 1 : 2;
  return Math.abs(a.length - b.length) <= most && distance(a, b) <= most;
}

/** The optimal string alignment distance. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + cost);
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(at(row, j), at(before, j - 2) + 1);
      }
    }
    before = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
