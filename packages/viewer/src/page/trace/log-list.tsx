import { logFields } from '../../model/log-fields.js';
import { parseEvent } from '../../model/otlp-names.js';
import type { Node } from '../../model/tree.js';
import { formatDuration } from '../format/duration.js';
import { formatExact } from '../format/time.js';
import { Field } from './field.js';
import { annotationStart } from './span-row.js';

/** The logs of a span with their times since its start, each field on a line of its own. */
export function LogList({ node }: { node: Node }) {
  const { annotations = [], timestamp } = node.span;
  return (
    <>
      <h3>Logs</h3>
      {annotations.length === 0 ? (
        <p class="quiet">None</p>
      ) : (
        <table class="pairs logs">
          <tbody>
            {annotations.map((annotation, index) => (
              <tr key={index}>
                <th scope="row" title={formatExact(annotation.timestamp / 1_000)}>
                  {timestamp === undefined
                    ? formatExact(annotation.timestamp / 1_000)
                    : formatDuration(annotationStart(node, annotation.timestamp) - node.start)}
                </th>
                <td>
                  {fieldsOf(annotation.value).map(({ key, value }, at) => (
                    <Field key={at} name={key} value={value} />
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

/** The fields of a log, as our tracers and as OTLP write them into the one text that Zipkin has for it. */
function fieldsOf(text: string): { key?: string; value: string }[] {
  const { name, attributes } = parseEvent(text);
  if (Object.keys(attributes).length === 0) return logFields(text);
  return [
    { value: name },
    ...Object.entries(attributes).map(([key, value]) => ({
      key,
      value: typeof value === 'string' ? value : JSON.stringify(value),
    })),
  ];
}
