import { referencesOf } from '../../model/references.js';
import type { Span } from '../../model/span.js';
import { Field } from './field.js';

/** The references of a span, with links to the other spans; nothing where it has none. */
export function SpanLinks({ span }: { span: Span }) {
  const references = referencesOf(span);
  if (references.length === 0) return null;
  return (
    <>
      <h3>References</h3>
      <table class="pairs">
        <tbody>
          {references.map(({ type = 'link', traceId, spanId, isHere, attributes }, index) => (
            <tr key={index}>
              <th scope="row">{type.replaceAll('_', ' ')}</th>
              <td>
                <a href={`/traces/${isHere ? span.traceId : traceId}?span=${spanId}`}>
                  span {spanId}
                  {isHere ? '' : ` of trace ${traceId}`}
                </a>
                {Object.entries(attributes).map(([key, value]) => (
                  <Field
                    key={key}
                    name={key}
                    value={typeof value === 'string' ? value : JSON.stringify(value)}
                  />
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
