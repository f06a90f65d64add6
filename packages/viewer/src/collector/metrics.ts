/** The counts of `GET /metrics`, under the names that Zipkin's collector has for them. */
export class CollectorMetrics {
  /** @internal */
  readonly _counts = { messages: 0, messagesDropped: 0, bytes: 0, spans: 0, spansDropped: 0 };
  /** @internal */
  _last = { bytes: 0, spans: 0 };

  /** A request that was read. @param bytes of its body, decompressed */
  received(bytes: number, spans: number): void {
    this._counts.messages += 1;
    this._counts.bytes += bytes;
    this._counts.spans += spans;
    this._last = { bytes, spans };
  }

  /** Spans that were received and could not be kept. */
  dropped(spans: number): void {
    this._counts.spansDropped += spans;
  }

  /** A request that could not be read. */
  refused(): void {
    this._counts.messages += 1;
    this._counts.messagesDropped += 1;
  }

  toJSON(): Record<string, number> {
    const { messages, messagesDropped, bytes, spans, spansDropped } = this._counts;
    return {
      'counter.zipkin_collector.messages.http': messages,
      'counter.zipkin_collector.messages_dropped.http': messagesDropped,
      'counter.zipkin_collector.bytes.http': bytes,
      'counter.zipkin_collector.spans.http': spans,
      'counter.zipkin_collector.spans_dropped.http': spansDropped,
      'gauge.zipkin_collector.message_bytes.http': this._last.bytes,
      'gauge.zipkin_collector.message_spans.http': this._last.spans,
    };
  }
}
