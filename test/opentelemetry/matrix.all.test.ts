import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { node } from '../support/run.js';
import { EXPECTATIONS } from './expectations.js';
import { installLibraries } from './install.mjs';
import { missing, type Server, type ServerKind, start } from './servers.js';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const INSTALL_PATIENCE_MS = 300_000;
const START_PATIENCE_MS = 180_000;

/** A span as a program prints it. */
interface PrintedSpan {
  readonly name: string;
  readonly parent: string | null;
  readonly tags: Readonly<Record<string, unknown>>;
  readonly logs: readonly { event?: unknown; message?: unknown }[];
}

interface Printed {
  readonly errors: readonly string[];
  readonly unfinished: number;
  readonly traces: number;
  readonly spans: readonly PrintedSpan[];
}

const servers = new Map<ServerKind, Promise<Server>>();
const matrix: string[][] = [];

describe('instrumentation made for OpenTelemetry reports into a tracer of OpenTracing:', () => {
  beforeAll(installLibraries, INSTALL_PATIENCE_MS);
  afterAll(async () => {
    for (const server of servers.values()) {
      await server.then(({ stop }) => stop());
    }
    console.log(table(matrix));
  }, START_PATIENCE_MS);

  for (const expected of EXPECTATIONS) {
    const { name, server } = expected;
    it(
      name,
      async (context) => {
        const row = [name, ...versions(name, expected.library)];
        const reason = server && missing(server);
        if (reason !== undefined && process.env.CI === undefined) {
          matrix.push([...row, '-', `skipped: ${reason}`]);
          context.skip(reason);
        }
        expect(reason).toBeUndefined();

        const env: Record<string, string> = server
          ? { PORT: `${(await started(server)).port}` }
          : {};
        const ended = await node([`programs/${name}.cjs`], { cwd: FOLDER, env });
        expect(ended.code, ended.stderr).toBe(0);
        const printed = JSON.parse(ended.stdout) as Printed;
        matrix.push([...row, `${printed.spans.length}`, 'failed']);

        expect(printed).toMatchObject({ errors: [], unfinished: 0, traces: 1 });
        expect(printed.spans.map(described).sort()).toEqual(
          [...expected.spans, 'no parent > parent'].sort(),
        );
        const tags = Object.fromEntries(
          printed.spans.toReversed().map((span) => [span.name, span.tags]),
        );
        expect(tags).toMatchObject(expected.tags);
        const messages = printed.spans.flatMap(({ logs }) =>
          logs.filter(({ event }) => event === 'error').map(({ message }) => message),
        );
        expect(messages).toEqual(expected.errors ?? []);
        const ofInstrumentation = printed.spans.find(
          (span) => span.tags.component === `@opentelemetry/instrumentation-${name}`,
        );
        expect(ofInstrumentation?.tags['otel.scope.version']).toBe(row[2]);
        matrix.at(-1)?.splice(-1, 1, 'as expected');
      },
      START_PATIENCE_MS,
    );
  }
});

it('the matrix has each of them, none of which failed', () => {
  expect(matrix.map(([name]) => name)).toEqual(EXPECTATIONS.map(({ name }) => name));
  expect(matrix.filter(([, , , , result]) => !/^(as expected|skipped)/.test(`${result}`))).toEqual(
    [],
  );
});

function started(kind: ServerKind): Promise<Server> {
  let server = servers.get(kind);
  if (server === undefined) {
    server = start(kind);
    servers.set(kind, server);
  }
  return server;
}

function described({ name, parent, tags }: PrintedSpan): string {
  const kind = tags['span.kind'];
  return [
    `${parent ?? 'no parent'} > ${name}`,
    ...(kind === undefined ? [] : [`(${kind})`]),
    ...(tags.error === true ? ['failed'] : []),
  ].join(' ');
}

/** Of the library and of its instrumentation. */
function versions(name: string, library: string | null): [string, string] {
  return [
    library === null ? `Node ${process.versions.node}` : `${library} ${versionOf(library)}`,
    versionOf(`@opentelemetry/instrumentation-${name}`),
  ];
}

function versionOf(name: string): string {
  const manifest = readFileSync(`${FOLDER}node_modules/${name}/package.json`, 'utf8');
  return JSON.parse(manifest).version;
}

function table(rows: readonly string[][]): string {
  const all = [['instrumentation', 'library', 'version', 'spans', 'result'], ...rows];
  const widths = all[0]?.map((_, column) =>
    Math.max(...all.map((row) => row[column]?.length ?? 0)),
  );
  return all
    .map((row) => row.map((cell, column) => cell.padEnd(widths?.[column] ?? 0)).join('  '))
    .join('\n');
}
