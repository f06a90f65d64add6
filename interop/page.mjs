import { differences } from './differences.mjs';
import { cellsOf } from './table.mjs';

/**
 * `docs/interop.md`.
 *
 * @param {readonly import('./report.mjs').Report[]} reports
 * @param {Date} date
 */
export function pageOf(reports, date) {
  const [names = [], ...lines] = cellsOf(reports);
  const table = [names, names.map(() => '---'), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
  return `# Among real systems

This page is written by the tests: \`npm run test:interop -- --all\` of ${date.toISOString().slice(0, 10)}. Each
system is the real one, in the version that the table says, downloaded or built from where its makers
publish it, started by the test on free ports of the loopback and ended by it. ✓ is what was sent and
came back the same; what a system does not know is left empty.

${table}

## What the rows say

- **Zipkin JSON** and its like: a few traces are recorded by one tracer a service, with the context going
  from one to the other by headers, and sent to the system, which is then asked for them. Every span has
  to come back with every field, as it is written down by hand in \`interop/scenario.mjs\`: ids of 64 and of
  128 bits, kinds, endpoints, annotations, tags, a span that client and server share, the debug flag, and
  text in any script. **gzip** is the same with the body compressed.
- **dependency links**: which service called which, how often and how often in vain, as the system finds
  it from those spans.
- **createZipkinTracer**: the tracer as programs make it, with its batches and its connection.
- **the same …**: [opentracing-viewer](../packages/viewer/README.md) and Zipkin, with its storage in memory,
  get the same requests with spans, real traces of other people's programs and every oddity and mistake
  that we know of (\`interop/odd-spans.mjs\`), have to take and refuse the same, and are then asked the same
  (\`interop/odd-queries.mjs\`), searches of every kind and combination, lists, links, and what is wrong to
  ask. What may differ is below. The column of our viewer has the same other checks as that of Zipkin.
  Jaeger makes OTLP of what it gets in Zipkin's formats and is asked for that.
- **OTLP protobuf** and **OTLP JSON**: the same traces, with attributes of every type, events, the status
  and links. Jaeger is asked for them; the Collector passes on what it took, and that is compared.
- **HTTP headers**, **text map**, **binary**: the format \`ottrace\`, with basictracer-python on the other
  side. Each goes on with the traces of the other, recorded or not, with baggage; ids may be short, since
  Python writes none of the zeros before them.

## Where our viewer differs from Zipkin

On purpose, and checked from both sides. Besides, it answers a trace with the pieces of a span put together
and the halves of a call marked, which Zipkin leaves to its page; a trace's time is that of its root also
where its order among others is asked for; and an IPv4 address that protobuf carries as IPv6 is IPv4, as it
is in JSON.

| | Zipkin | our viewer |
| --- | --- | --- |
${differences.map(({ reason, zipkin, viewer }) => `| ${reason} | ${zipkin} | ${viewer} |`).join('\n')}

The numbers are the status and, after the colon, how many things were found.

## Good to know

- basictracer-python takes the keys of baggage in text carriers for names of headers and makes them lower
  case, and it does not decode what HTTP headers have to have encoded, but passes it on as it came.
- A trace id of 128 bits goes through Python's text carriers as it is. Its binary format has room for 64
  bits, so there the trace goes on under the lower half.
- Zipkin 3.6 breaks characters of several bytes in JSON that was compressed, where it decompresses it in
  pieces of 8 KiB, whoever sent it. Ours is ASCII (\`\\u00e9\` for é), so that nothing breaks.
- Jaeger and the Collector refuse trace ids of 8 bytes in Zipkin's protobuf. Ours always have 16; Zipkin
  takes the zeros away again.
- Python 3.11 and later take basictracer only with protobuf 3.20 (\`interop/python/requirements.txt\`).

## Running it

\`\`\`bash
npm run test:interop          # what is there within a minute or two
npm run test:interop -- --all # all of it, and this page anew
\`\`\`

It needs Java 17, Python 3.11 and, for what is built, Go 1.26, or later ones. What is missing is skipped
and named, but fails where \`CI\` is set. Downloads and what was built from them stay in
\`.cache/interop\`. The first \`--all\` takes about seven minutes on two cores: five for Jaeger, one and a
half for the Collector.
`;
}
