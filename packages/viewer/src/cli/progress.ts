/** A terminal, or not. */
interface Terminal {
  write(text: string): unknown;
  isTTY?: boolean;
}

/** How long a job takes before it is worth a word, and how often it is told of, in milliseconds. */
const PATIENCE = 1_000;
const INTERVAL = 200;
const CLEAR_LINE = '\r\u001B[K';

/** One line on a terminal that is written anew while a job goes on; nothing where there is none. */
export class Progress {
  /** @internal */
  readonly _terminal: Terminal;
  /** @internal */
  _next = performance.now() + PATIENCE;
  /** @internal */
  _shown = false;

  constructor(terminal: Terminal) {
    this._terminal = terminal;
  }

  /** @param line without control characters */
  say(line: string): void {
    if (this._terminal.isTTY !== true || performance.now() < this._next) return;
    this._next = performance.now() + INTERVAL;
    this._shown = true;
    this._terminal.write(CLEAR_LINE + line);
  }

  /** Takes the line away, for what is printed next. */
  clear(): void {
    if (this._shown) this._terminal.write(CLEAR_LINE);
    this._shown = false;
  }
}
