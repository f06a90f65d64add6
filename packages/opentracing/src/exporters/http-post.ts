import type { HttpAnswer } from './http-answer.js';

/** Makes POST requests to one address. */
export interface HttpPost {
  /**
   * @param body - not to be changed until the promise has settled
   * @param headers - in lower case
   * @returns the answer, whatever its status is
   * @throws ExportError, as the rejection, when there is none
   */
  (body: Uint8Array, headers: Readonly<Record<string, string>>): Promise<HttpAnswer>;
  /** Makes requests without the event loop, when the program or the page ends. */
  last?(requests: readonly LastRequest[], deadlineMs: number): LastOutcome;
  /** Lets go of connections. */
  close?(): void;
}

/** One of the requests with which a program ends. */
export interface LastRequest {
  body: Uint8Array;
  headers: Readonly<Record<string, string>>;
}

/** What has become of those. */
export interface LastOutcome {
  /** How many, from the first on, the server has accepted or the browser has taken. */
  count: number;
  /** What the server answered to the next one. */
  answer?: HttpAnswer;
  /** Why there was no answer to the next one. */
  why?: string;
}

/** Where requests go and how long they may take. */
export interface HttpTarget {
  /** Without name and password. */
  url: URL;
  /** In milliseconds. */
  timeoutMs: number;
  /** Whether the server takes JSON as `text/plain` too. */
  takesPlainText: boolean;
}
