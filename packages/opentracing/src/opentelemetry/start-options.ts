import { type Attributes, type Link, SpanKind } from '@opentelemetry/api';
import { REFERENCE_CHILD_OF, type Reference } from '../reference.js';
import { readEntries } from '../span-options.js';
import { Tags } from '../tags.js';
import { attributeValue } from './attribute-value.js';
import { readContext } from './opentelemetry-span-context.js';

/** The attribute of a link that says which reference it was. */
const REFERENCE_TYPE = 'opentracing.ref_type';

const KINDS: Readonly<Record<string, SpanKind>> = {
  [Tags.SPAN_KIND_RPC_CLIENT]: SpanKind.CLIENT,
  [Tags.SPAN_KIND_RPC_SERVER]: SpanKind.SERVER,
  [Tags.SPAN_KIND_MESSAGING_PRODUCER]: SpanKind.PRODUCER,
  [Tags.SPAN_KIND_MESSAGING_CONSUMER]: SpanKind.CONSUMER,
};

/** @internal What the tags to begin with say in the terms of OpenTelemetry. */
export interface StartTags {
  attributes: Attributes;
  kind: SpanKind;
  /** The tag `error`, which becomes the status; `undefined` where there is none. */
  error: unknown;
  /** Whether the tag `sampling.priority` asks for the span not to be kept. */
  isUnwanted: boolean;
}

/**
 * Reads the tags to begin with, so that samplers and processors see them.
 *
 * @param tags - of the program; what throws when it is asked is left out
 * @internal
 */
export function readTags(tags: Record<string, unknown> | null | undefined): StartTags {
  const read: StartTags = {
    attributes: {},
    kind: SpanKind.INTERNAL,
    error: undefined,
    isUnwanted: false,
  };
  if (typeof tags !== 'object' || tags === null) {
    return read;
  }
  const given = readEntries(tags);
  for (const key of Object.keys(given)) {
    const value = given[key];
    const kind = key === Tags.SPAN_KIND ? kindOf(value) : undefined;
    if (key === Tags.ERROR) {
      read.error = value;
    } else if (kind !== undefined) {
      read.kind = kind;
    } else {
      const attribute = attributeValue(value);
      if (attribute !== undefined && key !== '') {
        read.attributes[key] = attribute;
      }
    }
  }
  read.isUnwanted = isZero(read.attributes[Tags.SAMPLING_PRIORITY]);
  return read;
}

function kindOf(value: unknown): SpanKind | undefined {
  return typeof value === 'string' && Object.hasOwn(KINDS, value) ? KINDS[value] : undefined;
}

function isZero(priority: unknown): boolean {
  return priority === 0 || priority === '0' || priority === false;
}

/**
 * The references as links, but for the parent that says `child_of`: that is what a parent is.
 *
 * @internal
 */
export function linksOf(references: readonly Reference[], parent: Reference | undefined): Link[] {
  const links: Link[] = [];
  for (const reference of references) {
    const context = readContext(reference.referencedContext())?.unwrap();
    const type = reference.type();
    if (context && !(reference === parent && type === REFERENCE_CHILD_OF)) {
      links.push({ context, attributes: { [REFERENCE_TYPE]: String(type) } });
    }
  }
  return links;
}
