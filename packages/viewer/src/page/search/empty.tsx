import { CopyButton } from '../parts/copy-button.js';
import { Message } from '../parts/message.js';
import { everything, writeQuery } from './query.js';

/** What stands in the list before the first trace has come. */
export function NoTraces() {
  return (
    <Message title="No traces yet">
      <FirstTrace />
    </Message>
  );
}

/** How to make a trace come. */
export function FirstTrace() {
  return (
    <>
      <p>Run any Node program with tracing, and use it a little:</p>
      <Command text="npx opentracing-viewer run -- node app.js" />
      <p>
        Or let a program that sends spans to Zipkin send them here, to{' '}
        <code>{location.origin}/api/v2/spans</code>, or one with OpenTelemetry by OTLP over HTTP, to{' '}
        <code>{location.origin}/v1/traces</code>. Files with traces can be dropped here.
      </p>
    </>
  );
}

/** What stands in the list when the search leaves everything out. */
export function NoMatch() {
  return (
    <Message title="No trace matches">
      <p>Take away a condition, choose a longer time, or look at everything.</p>
      <p>
        <a href={`/${writeQuery(everything)}`}>Show all traces</a>
      </p>
    </Message>
  );
}

function Command({ text }: { text: string }) {
  return (
    <p class="command">
      <code>{text}</code>
      <CopyButton text={() => text} label="Copy" />
    </p>
  );
}
