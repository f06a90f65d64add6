import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { rounded } from './bars.mjs';

const METHOD = `Each variant of a case runs in processes of its own, which take turns, so that a drift of the machine
meets them all. A process warms up, then measures 40 rounds of about 15 ms and gives the median; within a
round the event loop gets its turns, so that what is sent in the background counts. Times are those of the
processor, for all threads of the process: collecting garbage counts, waiting for a processor does not. The
figure is the median of the processes, five of them unless a case says otherwise, beside the lowest and the
highest of them. Compare figures of one table only.

The **floor** of a case is the least code that does the same work, in \`bench/cases\`; the
[rationale](../RATIONALE.md) says what the floors do and leave out. Spans are handed to an exporter that
throws them away, unless a case says otherwise. What is beside us is in the versions below and set up as its
own documents have it, without its additional duties: nothing but tracing.`;

/**
 * The page of results, docs/benchmarks.md.
 *
 * @param {readonly import('./results.mjs').Result[]} results
 * @param {{ date?: Date, machine?: string, node?: string, versions?: Record<string, string> }} [made]
 */
export function pageOf(results, made = {}) {
  const { date = new Date(), machine = thisMachine(), node = process.version } = made;
  const { versions = pinnedVersions() } = made;
  const judgements = results.flatMap((result) => result.judgements);
  const met = judgements.filter(({ isMet }) => isMet).length;
  return [
    '<!-- Written by `npm run bench`. -->',
    '',
    '# Benchmarks',
    '',
    `Made by \`npm run bench\` on ${date.toISOString().slice(0, 10)} with Node ${node} on ${machine}.`,
    `Of ${judgements.length} bars ${met} are met. Less is better everywhere.`,
    '',
    ...results.flatMap(sectionOf),
    '## Method',
    '',
    METHOD,
    '',
    '`npm run bench -- --check` exits with 1 when a bar is missed, `npm run bench -- recorded active` runs two',
    'cases and leaves this page alone.',
    '',
    '## Versions',
    '',
    '| package | version |',
    '|---|---|',
    ...Object.entries(versions).map(([name, version]) => `| ${name} | ${version} |`),
    '',
  ].join('\n');
}

/** @param {import('./results.mjs').Result} result */
function sectionOf({ title, about, unit, rows, judgements }) {
  const hasFloor = rows.every(({ toFloor }) => !Number.isNaN(toFloor));
  const more = hasFloor
    ? rows.map(({ toFloor }) => rounded(toFloor))
    : rows.map(({ throughput }) => throughput && rounded(throughput));
  const hasMore = more.every((value) => value !== undefined);
  const head = `| | figure | lowest to highest |${hasMore ? ` ${hasFloor ? '× floor' : 'requests/s'} |` : ''}`;
  return [
    `## ${title}`,
    '',
    ...(about === '' ? [] : [wrapped(about), '']),
    head,
    hasMore ? '|---|---:|---:|---:|' : '|---|---:|---:|',
    ...rows.map(
      ({ variant, figure, lowest, highest }, i) =>
        `| ${variant} | ${rounded(figure)} ${unit} | ${rounded(lowest)} to ${rounded(highest)} |` +
        (hasMore ? ` ${more[i]} |` : ''),
    ),
    '',
    ...(judgements.length === 0 ? [] : ['| bar | wanted | found | |', '|---|---|---|---|']),
    ...judgements.map(
      ({ of, wanted, found, isMet }) =>
        `| ${of} | ${wanted} | ${found} | ${isMet ? 'met' : '**missed**'} |`,
    ),
    ...(judgements.length === 0 ? [] : ['']),
  ];
}

/** In lines of a hundred and eight characters at most. @param {string} text */
function wrapped(text) {
  return text.replace(/(.{1,108})( |$)/g, '$1\n').trimEnd();
}

function thisMachine() {
  const all = cpus();
  return `${all.length} × ${all[0]?.model.trim()}`;
}

function pinnedVersions() {
  const read = (/** @type {string} */ path) =>
    JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
  const { version } = read('../packages/opentracing/package.json');
  return { 'opentracing-ts': version, ...read('package.json').dependencies };
}
