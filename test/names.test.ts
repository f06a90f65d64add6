import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { publicNames } from './support/public-names.js';
import { WORKSPACE } from './support/run.js';

const library = JSON.parse(
  readFileSync(join(WORKSPACE, 'packages/opentracing/package.json'), 'utf8'),
);
const subpaths = Object.keys(library.exports)
  .filter((subpath) => subpath !== './package.json')
  .map((subpath) => library.name + subpath.slice(1));
const ours = publicNames(subpaths, '.');

/** The names of opentracing-python 2.4.0; tags and logs are those that are called differently here. */
const NAMES_OF_PYTHON = [
  ...['global_tracer', 'set_global_tracer', 'is_global_tracer_registered', 'start_child_span'].map(
    (name) => `opentracing.${name}`,
  ),
  ...['child_of', 'follows_from', 'tags', 'logs'].map((name) => `opentracing.${name}`),
  ...['scope_manager', 'active_span', 'start_span', 'start_active_span', 'inject', 'extract'].map(
    (name) => `Tracer.${name}`,
  ),
  ...['context', 'tracer', 'set_operation_name', 'finish', 'set_tag', 'log_kv', 'log_event', 'log']
    .concat('set_baggage_item', 'get_baggage_item')
    .map((name) => `Span.${name}`),
  ...['SpanContext.baggage', 'Scope.span', 'Scope.manager', 'Scope.close'],
  ...['ScopeManager.activate', 'ScopeManager.active'],
  ...['Reference', 'Reference.type', 'Reference.referenced_context'],
  ...['ReferenceType.CHILD_OF', 'ReferenceType.FOLLOWS_FROM'],
  ...['Format.BINARY', 'Format.TEXT_MAP', 'Format.HTTP_HEADERS'],
  ...['UnsupportedFormat', 'InvalidCarrier', 'SpanContextCorrupted'].map(
    (name) => `${name}Exception`,
  ),
  ...['ThreadLocal', 'ContextVars', 'Asyncio', 'Tornado', 'Gevent'].map(
    (name) => `${name}ScopeManager`,
  ),
  ...['no_parent_scope', 'tracer_stack_context'],
  ...['SPAN_KIND_CONSUMER', 'SPAN_KIND_PRODUCER', 'DATABASE_INSTANCE', 'DATABASE_STATEMENT']
    .concat('DATABASE_TYPE', 'DATABASE_USER')
    .map((name) => `tags.${name}`),
  'opentracing.mocktracer.MockTracer',
  ...['finished_spans', 'reset', 'register_propagator'].map((name) => `MockTracer.${name}`),
  ...['APICompatibilityCheckMixin', 'ScopeCompatibilityCheckMixin'],
];

describe('the guide from opentracing 0.14', () => {
  const rows = namesIn('docs/guides/migrating-from-opentracing-0.14.md');
  const theirs = publicNames(['opentracing'], 'packages/opentracing');

  it('has a row for every name of that package, and for no other', () => {
    expect(sorted(rows.map(({ left }) => left[0]))).toEqual(
      sorted([...theirs].filter((name) => !isElsewhere(name))),
    );
  });

  /** Tags are checked below, inherited methods have a row with Tracer, and two members are private. */
  function isElsewhere(name: string): boolean {
    return (
      name.startsWith('Tags.') ||
      (name.startsWith('MockTracer.') && theirs.has(name.replace('Mock', ''))) ||
      ['MockTracer._spans', 'MockTracer._allocSpan'].includes(name)
    );
  }

  it('names what this package exports', () => {
    expect(missing(rows)).toEqual([]);
  });

  it('tells the truth about the tags', () => {
    const tags = (names: Set<string>) => [...names].filter((name) => name.startsWith('Tags.'));
    expect(tags(theirs)).toHaveLength(22);
    expect(sorted(tags(ours))).toEqual(sorted([...tags(theirs), 'Tags.SERVICE']));
  });
});

describe('the guide from Python', () => {
  const rows = namesIn('docs/guides/migrating-from-python.md');

  it('names what this package exports', () => {
    expect(missing(rows)).toEqual([]);
  });

  it('has a row for every name, once', () => {
    const left = rows.map((row) => row.left[0]);
    expect(left).toEqual([...new Set(left)]);
    expect(left).toEqual(expect.arrayContaining(NAMES_OF_PYTHON));
  });
});

interface Row {
  left: string[];
  right: string[];
}

/** The rows of the tables whose second column is headed by the name of this package. */
function namesIn(document: string): Row[] {
  const markdown = readFileSync(join(WORKSPACE, document), 'utf8');
  const tables = markdown.matchAll(/^\|[^|\n]+\| `opentracing-ts` \|.*\n\|[-|]+\n((?:\|.*\n)+)/gm);
  return [...tables].flatMap(([, rows = '']) =>
    rows
      .trimEnd()
      .split('\n')
      .map((row) => {
        const [, left = '', right = ''] = row.split('|');
        return { left: codesIn(left), right: codesIn(right) };
      }),
  );
}

function codesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

function missing(rows: readonly Row[]): string[] {
  expect(rows.length).toBeGreaterThan(0);
  return rows.flatMap(({ right }) => right).filter((name) => !ours.has(name));
}

function sorted(names: readonly (string | undefined)[]): (string | undefined)[] {
  return [...names].sort();
}
