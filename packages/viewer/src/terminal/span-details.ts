import { callSiteOf, callSiteText } from '../model/call-site.js';
import { logFields } from '../model/log-fields.js';
import type { Endpoint } from '../model/span.js';
import type { Node, Trace } from '../model/tree.js';
import { formatDuration } from './format.js';
import { safeText } from './text.js';

/** Values of these keys have lines of their own. */
const STACK = /stack(trace)?$/i;
const INDENT = '  ';

/**
 * What a span says beside its name and time: a line for each tag and each field of a log. Safe for a
 * terminal; only stacks are broken into lines, which are set in, so that no value can pass for another one.
 */
export function spanDetails({ span, shift }: Node, trace: Trace): string[] {
  const lines = [`id: ${span.id}`];
  if (span.kind !== undefined) lines.push(`kind: ${span.kind.toLowerCase()}`);
  const peer = peerOf(span.remoteEndpoint);
  if (peer !== '') lines.push(safeText(`peer: ${peer}`));
  const site = callSiteOf(span);
  if (site !== undefined) {
    const place = callSiteText(site, process.cwd());
    lines.push(
      safeText(`started: ${site.name === undefined ? place : `${place} in ${site.name}`}`),
    );
  }
  for (const [key, value] of Object.entries(span.tags ?? {})) {
    // The call site says it in one line.
    if (site === undefined || !key.startsWith('code.')) lines.push(...field(key, value));
  }
  for (const { timestamp, value } of span.annotations ?? []) {
    const at = formatDuration(Math.max(0, timestamp + shift - (trace.timestamp ?? 0)));
    const [first, ...rest] = logFields(value);
    if (first === undefined) continue;
    if (rest.length === 0) {
      const [head = '', ...more] = field(first.key, first.value);
      lines.push(`at ${at}: ${head}`, ...more);
      continue;
    }
    lines.push(`at ${at}:`);
    for (const each of [first, ...rest]) {
      lines.push(...field(each.key, each.value).map((line) => INDENT + line));
    }
  }
  return lines;
}

function field(key: string | undefined, value: string): string[] {
  const name = key === undefined ? '' : `${key}: `;
  if (key === undefined || !STACK.test(key)) return [safeText(name + value)];
  const [first = '', ...rest] = value.split(/\r?\n/);
  return [name + first, ...rest.map((line) => INDENT + line)].map(safeText);
}

function peerOf(remote: Endpoint | undefined): string {
  const address = remote?.ipv4 ?? (remote?.ipv6 === undefined ? '' : `[${remote.ipv6}]`);
  const port = remote?.port === undefined ? '' : `:${remote.port}`;
  return [remote?.serviceName, address + port].filter((part) => part).join(' ');
}
