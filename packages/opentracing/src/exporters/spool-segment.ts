import type { EncodedBatch } from './send-in-order.js';
import { type Disk, SpoolError } from './spool-disk.js';
import {
  FIRST_BYTE,
  HEADER_BYTES,
  type Header,
  readContent,
  readHeader,
  STATE_AT,
  State,
} from './spool-record.js';

/** A record that is to be sent, and where it is. */
export interface SpooledBatch extends EncodedBatch {
  at: number;
  /** What it had gone through before it was taken out. */
  state: number;
}

/** A record that has failed, and is tried again after others. */
export interface SetAside {
  at: number;
  state: number;
  spanCount: number;
  /** How often it has failed since it was set aside. */
  failures: number;
  /** How often it has failed while others were accepted. */
  strikes: number;
  /** How many others had been accepted when it failed the last time. */
  acceptedThen: number;
  /** Not to be tried before, on the monotonic clock. */
  notBefore: number;
}

/** Something in a segment that is not a whole record. */
export interface Damage {
  /** How many spans are lost by it, where that can be told. */
  lost: number;
}

/** What the records of a segment of another process are like. */
export interface Census {
  /** Spans that have not been sent. */
  waiting: number;
  /** Those among them that were being sent when the process ended. */
  doubtful: number;
}

/** A file of records: written at its end, read from its beginning. */
export class Segment {
  disk: Disk;
  path: string;
  name: string;
  size: number;
  /** How many spans are still to be sent, but for those that have been taken out. */
  waiting = 0;
  /** How many of them the process that had it before has sent after all, as far as it is read. */
  sentBefore = 0;
  /** What is read next. */
  readAt = 0;
  /** What failed and stands before that. */
  aside: SetAside[] = [];
  fd: number | null = null;

  constructor(disk: Disk, folder: string, name: string, size: number) {
    this.disk = disk;
    this.path = disk.join(folder, name);
    this.name = name;
    this.size = size;
  }

  /** Writes records at the end, all or none. */
  append(records: readonly Uint8Array[], spanCount: number): void {
    const { fs } = this.disk;
    const fd = this.open('wx+');
    let length = 0;
    for (const record of records) {
      length += record.length;
    }
    try {
      if (fs.writevSync(fd, records, this.size) !== length) {
        throw new SpoolError(`${this.path} could not be written as a whole; is the disk full?`);
      }
    } catch (error) {
      this.cutOff();
      throw error;
    }
    this.size += length;
    this.waiting += spanCount;
  }

  /** Takes back what was written of records that did not fit. */
  cutOff(): void {
    try {
      this.disk.fs.ftruncateSync(this.open('r+'), this.size);
    } catch {
      // The next record overwrites it.
    }
  }

  /** Counts what there is to be sent in a segment that another process has left. */
  count(): Census {
    let doubtful = 0;
    for (let at = 0; at < this.size; ) {
      const header = this.headerAt(at);
      if (header === null) {
        at = this.findHeader(at + 1);
      } else {
        if (header.state !== State.done) {
          this.waiting += header.spanCount;
          doubtful += header.state === State.beingSent ? header.spanCount : 0;
        } else {
          this.sentBefore -= header.spanCount;
        }
        at += header.length;
      }
    }
    return { waiting: this.waiting, doubtful };
  }

  get isRead(): boolean {
    return this.readAt >= this.size;
  }

  /** The next record that is to be sent, taken out; `null` at the end. */
  take(): SpooledBatch | Damage | null {
    while (!this.isRead) {
      const at = this.readAt;
      const header = this.headerAt(at);
      if (header === null) {
        this.readAt = this.findHeader(at + 1);
        return { lost: 0 };
      }
      this.readAt = at + header.length;
      if (header.state !== State.done) {
        this.waiting -= header.spanCount;
        const batch = this.contentAt(at, header);
        if (batch === null) {
          return { lost: header.spanCount };
        }
        this.mark(at, State.beingSent);
        return { ...batch, at, state: header.state };
      }
      this.sentBefore += header.spanCount;
    }
    return null;
  }

  /** Puts back what could not be sent. That it may have arrived in an earlier process stays as it was. */
  putBack(batch: SpooledBatch): void {
    this.readAt = batch.at;
    this.waiting += batch.spanCount;
    this.mark(batch.at, batch.state);
  }

  /** Sets aside what could not be sent. */
  setAside(aside: SetAside): void {
    this.aside.push(aside);
    this.waiting += aside.spanCount;
    this.mark(aside.at, aside.state);
  }

  /** Takes out what was set aside; `null` when it is damaged now. */
  takeAside(aside: SetAside): SpooledBatch | null {
    this.aside = this.aside.filter((one) => one !== aside);
    this.waiting -= aside.spanCount;
    const { at, state } = aside;
    const header = this.headerAt(at);
    const batch = header && this.contentAt(at, header);
    if (batch === null) {
      return null;
    }
    this.mark(at, State.beingSent);
    return { ...batch, at, state };
  }

  /** What was taken out has been sent. */
  done(batch: SpooledBatch): void {
    this.mark(batch.at, State.done);
  }

  /** A mark that cannot be written costs a repetition, nothing else. */
  mark(at: number, state: number): void {
    try {
      this.disk.fs.writeSync(this.open('r+'), Uint8Array.of(state), 0, 1, at + STATE_AT);
    } catch {}
  }

  headerAt(at: number): Header | null {
    const bytes = this.read(at, HEADER_BYTES);
    return bytes === null ? null : readHeader(this.disk, bytes);
  }

  /** The content of a record; `null` when it is damaged or its end is missing. */
  contentAt(at: number, header: Header): EncodedBatch | null {
    const bytes = this.read(at + HEADER_BYTES, header.length - HEADER_BYTES);
    return bytes === null ? null : readContent(this.disk, header, bytes);
  }

  /** Where the next whole header is, from a place on; the end of the file when there is none. */
  findHeader(from: number): number {
    const bytes = this.read(from, Math.max(this.size - from, 0));
    let at = bytes?.indexOf(FIRST_BYTE) ?? -1;
    while (bytes !== null && at !== -1) {
      if (readHeader(this.disk, bytes, at) !== null) {
        return from + at;
      }
      at = bytes.indexOf(FIRST_BYTE, at + 1);
    }
    return this.size;
  }

  read(at: number, length: number): Uint8Array | null {
    if (at + length > this.size) {
      return null;
    }
    const bytes = new Uint8Array(length);
    return this.disk.fs.readSync(this.open('r+'), bytes, 0, length, at) === length ? bytes : null;
  }

  open(flags: 'wx+' | 'r+'): number {
    this.fd ??= this.disk.fs.openSync(this.path, flags, 0o600);
    return this.fd;
  }

  close(): void {
    const { fd } = this;
    this.fd = null;
    if (fd !== null) {
      try {
        this.disk.fs.closeSync(fd);
      } catch {
        // The descriptor is gone either way, and what the system could not write is found by its checksum.
      }
    }
  }
}
