/** Source: RFC 9113, section 7, "Error Codes": each at its number. */
const CODES = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];
const NO_ERROR = 0;
const CANCEL = 8;

/** @internal Why a stream of HTTP/2 was cut off; `undefined` where it was not reset. */
export function resetReason(code: number | undefined): string | undefined {
  return code ? `the stream was reset (${CODES[code] ?? code})` : undefined;
}

/**
 * Whether a response of HTTP/2 was sent as a whole. A reset by a client that has had enough comes after
 * that; one by the server ends what it writes, sent or not.
 *
 * @internal
 */
export function isSent(stream: {
  aborted: boolean;
  writableFinished: boolean;
  rstCode?: number;
}): boolean {
  const { aborted, rstCode = NO_ERROR, writableFinished } = stream;
  return writableFinished && !aborted && (rstCode === NO_ERROR || rstCode === CANCEL);
}
