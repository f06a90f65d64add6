import { afterEach, describe, expect, test } from 'vitest';
import { BEHAVIOURS } from './behaviours.js';
import { compat, original } from './libraries.js';

/** Where this package is different on purpose. Everything else is the same. */
const DIFFERENCES: Record<string, { reason: string; original: unknown; compat: unknown }> = {
  'startSpan with null': {
    reason: 'null as options is like none',
    original: {
      calls: [],
      result: "throws TypeError: Cannot read properties of null (reading 'childOf')",
    },
    compat: { calls: [['_startSpan', 'any', { kind: 'Object' }]], result: 'span' },
  },
  'startSpan with frozen options': {
    reason: 'the options are copied',
    original: {
      calls: [['_context']],
      result: 'throws TypeError: Cannot add property references, object is not extensible',
    },
    compat: {
      calls: [
        ['_context'],
        [
          '_startSpan',
          'any',
          { kind: 'Object', references: [['reference', 'child_of', { kind: 'Context', id: 7 }]] },
        ],
      ],
      result: 'span',
    },
  },
  'what startSpan does to its options': {
    reason: 'options belong to the caller, who may use them again',
    original: [['references', 'tags'], 2],
    compat: [['childOf', 'references', 'tags'], 1],
  },
  'startSpan with a reference to nothing': {
    reason: 'there the tracer would read the ids of nothing',
    original: {
      calls: [
        ['_startSpan', 'any', { kind: 'Object', references: [['reference', 'child_of', null]] }],
      ],
      result: 'span',
    },
    compat: { calls: [['_startSpan', 'any', { kind: 'Object' }]], result: 'span' },
  },
  'startSpan with null among the references': {
    reason: 'there the tracer would call a method of null',
    original: {
      calls: [['_startSpan', 'any', { kind: 'Object', references: [null] }]],
      result: 'span',
    },
    compat: { calls: [['_startSpan', 'any', { kind: 'Object' }]], result: 'span' },
  },
  'a tag that is called __proto__': {
    reason: 'a tag may have any key',
    original: [],
    compat: ['__proto__'],
  },
  'a global tracer that is none': {
    reason: 'the mistake shows where it is made, and not at the first span',
    original: undefined,
    compat: expect.stringMatching(/^throws TypeError: The global tracer cannot be /),
  },
};

afterEach(() => compat.initGlobalTracer(null as never));

describe('as with opentracing 0.14.7:', () => {
  for (const { name, see } of BEHAVIOURS) {
    if (!(name in DIFFERENCES)) {
      test(name, () => expect(see(compat)).toEqual(see(original)));
    }
  }
});

describe('different from opentracing 0.14.7:', () => {
  for (const [name, difference] of Object.entries(DIFFERENCES)) {
    test(`${name}, because ${difference.reason}`, () => {
      const behaviour = BEHAVIOURS.find((candidate) => candidate.name === name);
      expect(behaviour?.see(original)).toEqual(difference.original);
      expect(behaviour?.see(compat)).toEqual(difference.compat);
    });
  }
});
