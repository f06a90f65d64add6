const { InMemoryReporter } = require('jaeger-client');

/** A reporter that keeps the spans. */
exports.jaegerReporter = () => new InMemoryReporter();

/** The spans of a reporter of jaeger-client, for `printSpans`. */
exports.jaegerSpans = (reporter) =>
  reporter.spans.map((span) => ({
    name: span.operationName,
    traceId: span.context().traceIdStr,
    id: span.context().spanIdStr,
    parentId: span.context().parentIdStr,
    references: span._references.map((reference) => reference.type()),
    tags: Object.fromEntries(span._tags.map(({ key, value }) => [key, value])),
    logs: span._logs.map(({ fields }) =>
      Object.fromEntries(fields.map(({ key, value }) => [key, value])),
    ),
  }));
