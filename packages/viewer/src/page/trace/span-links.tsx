import { OTLP_TAGS, parseLink } from '../../model/otlp-names.js';
import type { Span } from '../../model/span.js';
import { Value } from './value.js';

/** The references of a span but for its parent, with links to the other spans; nothing where it has none. */
export function SpanLinks({ span }: { span: Span }) {
  const links = Object.entries(span.tags ?? {}).flatMap(([key, value]) => {
    const link = key.startsWith(OTLP_TAGS.link) ? parseLink(value) : undefined;
    return link === undefined ? [] : [link];
  });
  if (links.length === 0) return null;
  return (
    <>
      <h3>References</h3>
      <table class="pairs">
        <tbody>
          {links.map(({ traceId, spanId, attributes }, index) => {
            const { 'opentracing.ref_type': type, ...others } = attributes;
            const isHere = traceId.padStart(32, '0') === span.traceId.padStart(32, '0');
            return (
              <tr key={index}>
                <th scope="row">{type === undefined ? 'link' : String(type)}</th>
                <td>
                  <a href={`/traces/${shortId(traceId)}?span=${spanId}`}>
                    span {spanId}
                    {isHere ? '' : ` of trace ${shortId(traceId)}`}
                  </a>
                  {Object.entries(others).map(([key, value]) => (
                    <div key={key} class="log-field">
                      <span class="log-key">{key}</span>
                      <Value text={typeof value === 'string' ? value : JSON.stringify(value)} />
                    </div>
                  ))}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}

/** An id of 64 bits that OTLP has lengthened, as the collector keeps it. */
function shortId(traceId: string): string {
  return traceId.replace(/^0{16}(?=[0-9a-f]{16}$)/, '');
}
