import { attempt, type Disk, makeFolder, SpoolError } from './spool-disk.js';
import {
  MAX_SEGMENT_BYTES,
  nameOfOwner,
  nameOfSegment,
  removeReceipts,
  segmentsIn,
  sizeOf,
  takeReceipt,
} from './spool-names.js';
import { LEFT_AT, SpoolOwners } from './spool-owners.js';
import { type Damage, Segment, type SetAside, type SpooledBatch } from './spool-segment.js';

const SEGMENTS = 16;
const MIN_SEGMENT_BYTES = 4_096;

/** Counts of spans. */
export interface SpoolCounts {
  found: number;
  stored: number;
  delivered: number;
  dropped: number;
  handedOver: number;
  vanished: number;
  doubtful: number;
}

/** The segments of one spool on the disk, the oldest first. */
export class SpoolFolder {
  disk: Disk;
  dir: string;
  maxBytes: number;
  segmentBytes: number;
  /** What the spans are encoded for: a collector of another kind would refuse them. */
  kind: string;
  owner: string;
  path: string;
  segments: Segment[] = [];
  /** The one that is written; the last of them. */
  current: Segment | null = null;
  /** What is taken out, and from where. */
  taken: { segment: Segment; batch: SpooledBatch; aside: SetAside | null } | null = null;
  /** The other spools in the directory. */
  others: SpoolOwners;
  /** What we are done with and could not delete. */
  undeletable = new Set<string>();
  isClosed = false;
  made = 0;
  /** Whether spans have been deleted to make room. */
  isFull = false;
  counts: SpoolCounts = {
    found: 0,
    stored: 0,
    delivered: 0,
    dropped: 0,
    handedOver: 0,
    vanished: 0,
    doubtful: 0,
  };

  /** @throws SpoolError when it cannot be made */
  constructor(disk: Disk, dir: string, maxBytes: number, kind: string) {
    this.kind = kind;
    this.disk = disk;
    this.dir = dir;
    this.maxBytes = maxBytes;
    this.segmentBytes = Math.min(
      Math.max(Math.floor(maxBytes / SEGMENTS), MIN_SEGMENT_BYTES),
      MAX_SEGMENT_BYTES,
      maxBytes,
    );
    this.owner = nameOfOwner(disk);
    this.path = disk.join(dir, this.owner);
    this.others = new SpoolOwners(this);
    try {
      makeFolder(disk, this.path);
    } catch (cause) {
      throw new SpoolError(
        `Spans cannot be spooled to '${dir}' (${(cause as Error).message}); ` +
          'give a directory in spool.dir that this process may write to.',
        { cause },
      );
    }
  }

  /** How many spans are to be sent. */
  get waiting(): number {
    let waiting = this.taken?.batch.spanCount ?? 0;
    for (const segment of this.segments) {
      waiting += segment.waiting;
    }
    return waiting;
  }

  get bytes(): number {
    let bytes = 0;
    for (const segment of this.segments) {
      bytes += segment.size;
    }
    return bytes;
  }

  /** Writes records, all or none. */
  write(records: readonly Uint8Array[], spanCount: number): void {
    // Another process may take the segment over in the very moment, or somebody delete it. Whoever has it
    // then may not have seen these records, so they are written again.
    if (!this.append(records, spanCount) && !this.append(records, spanCount)) {
      throw new SpoolError(`'${this.dir}' loses its files while they are written.`);
    }
    this.counts.stored += spanCount;
  }

  /** Whether the records are in a file that is ours. */
  append(records: readonly Uint8Array[], spanCount: number): boolean {
    const segment = this.writable(records.reduce((sum, { length }) => sum + length, 0));
    try {
      segment.append(records, spanCount);
    } catch (error) {
      if (segment.size === 0) {
        this.remove(segment);
      }
      throw error;
    }
    const isOurs = this.exists(segment);
    if (!isOurs) {
      segment.waiting -= spanCount;
      this.forgetGone(segment);
    }
    return isOurs;
  }

  /** The segment for so many bytes more. */
  writable(length: number): Segment {
    const { current } = this;
    if (current !== null && current.size + length <= this.segmentBytes) {
      this.makeRoom(length);
    } else {
      current?.close();
      this.current = null;
      this.scan();
      this.makeRoom(length);
    }
    // Making room may have taken it.
    return this.current ?? this.newSegment();
  }

  newSegment(): Segment {
    makeFolder(this.disk, this.path);
    const name = nameOfSegment(this.disk, this.made++, this.kind);
    this.current = new Segment(this.disk, this.path, name, 0);
    this.segments.push(this.current);
    return this.current;
  }

  /** Deletes the oldest segments until so many bytes fit, which are no more than there may be. */
  makeRoom(length: number): void {
    while (this.bytes + this.others.bytes + length > this.maxBytes) {
      if (!this.dropOldest()) {
        throw new SpoolError(
          `The spool is full: others have ${this.others.bytes} of the ${this.maxBytes} bytes in '${this.dir}'.`,
        );
      }
    }
  }

  /** Deletes the oldest segment of all spools; `false` when there is none. */
  dropOldest(): boolean {
    const others = this.others.oldest;
    if (others !== null && !(this.segments[0] && this.segments[0].name < others.name)) {
      this.takeOver(others.folder, others.name);
      this.scan();
    }
    const oldest = this.segments[0];
    if (oldest === undefined) {
      return false;
    }
    if (this.exists(oldest)) {
      this.isFull ||= oldest.waiting > 0;
      this.counts.dropped += oldest.waiting;
      this.remove(oldest);
    } else {
      this.forgetGone(oldest);
    }
    return true;
  }

  /** The next record that has not been tried, marked as being sent; what is damaged is counted and told of. */
  take(onDamage: (segment: Segment, damage: Damage) => void): SpooledBatch | null {
    for (let segment = this.unread(); segment !== undefined; segment = this.unread()) {
      const batch = this.exists(segment) ? segment.take() : undefined;
      if (batch === undefined) {
        this.forgetGone(segment);
      } else if (batch === null) {
        this.settle(segment);
      } else if ('lost' in batch) {
        this.counts.dropped += batch.lost;
        onDamage(segment, batch);
      } else {
        this.taken = { segment, batch, aside: null };
        return batch;
      }
    }
    return null;
  }

  /** The first segment that is not kept only for what was set aside in it. */
  unread(): Segment | undefined {
    return this.segments.find(({ isRead, aside }) => !isRead || aside.length === 0);
  }

  /** One of the records that were set aside, marked as being sent; `null` when it cannot be read. */
  takeAside(segment: Segment, aside: SetAside): SpooledBatch | null {
    if (!this.exists(segment)) {
      this.forgetGone(segment);
      return null;
    }
    const batch = segment.takeAside(aside);
    if (batch === null) {
      this.counts.dropped += aside.spanCount;
      return null;
    }
    this.taken = { segment, batch, aside };
    return batch;
  }

  /** What was taken out may be accepted later, and is the next to be tried. */
  putBack(): void {
    this.giveBack((segment, batch) => segment.putBack(batch));
  }

  /** What was taken out may be accepted later, and others are to be tried before it. */
  setAside(aside: SetAside): void {
    this.giveBack((segment) => segment.setAside(aside));
  }

  /** What settles after the end opens the file again. */
  closeLate(segment: Segment): void {
    if (this.isClosed) {
      segment.close();
    }
  }

  giveBack(giveTo: (segment: Segment, batch: SpooledBatch) => void): void {
    const { taken } = this;
    this.taken = null;
    if (taken !== null) {
      if (this.segments.includes(taken.segment)) {
        giveTo(taken.segment, taken.batch);
        this.closeLate(taken.segment);
      } else {
        this.counts.dropped += taken.batch.spanCount;
      }
    }
  }

  /** What was taken out has been sent; so many spans of it are lost. */
  done(lost: number): void {
    const { taken } = this;
    this.taken = null;
    if (taken !== null) {
      const { segment } = taken;
      // Even one that is to be removed: another process may have it by now.
      segment.done(taken.batch);
      this.closeLate(segment);
      if (segment.isRead && this.segments.includes(segment)) {
        this.settle(segment);
      }
      this.counts.delivered += taken.batch.spanCount - lost;
      this.counts.dropped += lost;
    }
  }

  /**
   * Removes a segment that has been read, unless something was set aside in it. What else seems to wait in
   * it has been sent by the process that had it, or was damaged while we had it.
   */
  settle(segment: Segment): void {
    const sent = Math.max(segment.sentBefore, 0);
    const aside = segment.aside.reduce((sum, { spanCount }) => sum + spanCount, 0);
    this.counts.found -= sent;
    this.counts.doubtful -= sent;
    this.counts.dropped += segment.waiting - aside - sent;
    segment.waiting = aside;
    segment.sentBefore = 0;
    if (segment.aside.length === 0) {
      this.remove(segment);
    }
  }

  /**
   * Looks what other spools there are, and takes over what those of its kind have left that live no more.
   *
   * @returns whether there was anything of that
   */
  scan(): boolean {
    const before = this.segments.length;
    this.adoptOwn();
    this.others.scan((folder, name) => this.takeOver(folder, name));
    return this.segments.length > before;
  }

  takeOver(folder: string, name: string): void {
    attempt(() => {
      this.others.move(folder, name);
      this.adopt(name);
    });
  }

  /** Adopts what was moved here but could not be read at that moment. */
  adoptOwn(): void {
    const known = new Set(this.segments.map(({ name }) => name));
    for (const name of segmentsIn(this.disk, this.path, this.maxBytes)) {
      if (!known.has(name) && !this.undeletable.has(name)) {
        attempt(() => this.adopt(name));
      }
    }
  }

  /** Counts what is in a segment of another process that is in our folder now. */
  adopt(name: string): void {
    const segment = new Segment(this.disk, this.path, name, 0);
    segment.size = sizeOf(this.disk, segment.path);
    const { waiting, doubtful } = countOf(segment);
    this.counts.found += waiting;
    this.counts.doubtful += doubtful;
    this.segments.push(segment);
    this.segments.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Shows that the owner lives. */
  beat(): void {
    const now = new Date();
    attempt(() => this.disk.fs.utimesSync(this.path, now, now));
  }

  /** Another process has the segment now, and counts its spans, or somebody has deleted it. */
  forgetGone(segment: Segment): void {
    const isTakenOver = takeReceipt(this.disk, segment.path);
    this.counts[isTakenOver ? 'handedOver' : 'vanished'] += segment.waiting;
    if (isTakenOver && this.taken?.segment === segment) {
      this.counts.handedOver += this.taken.batch.spanCount;
      this.taken = null;
    }
    this.forget(segment);
  }

  remove(segment: Segment): void {
    this.forget(segment);
    attempt(() => this.disk.fs.unlinkSync(segment.path));
    if (this.exists(segment)) {
      this.undeletable.add(segment.name);
    }
  }

  forget(segment: Segment): void {
    segment.close();
    this.segments = this.segments.filter((one) => one !== segment);
    if (this.current === segment) {
      this.current = null;
    }
  }

  /** Leaves what is there to the next process. */
  close(): void {
    const { fs } = this.disk;
    this.isClosed = true;
    for (const segment of this.segments) {
      segment.close();
    }
    removeReceipts(this.disk, this.path);
    attempt(() => fs.utimesSync(this.path, LEFT_AT, LEFT_AT));
    attempt(() => fs.rmdirSync(this.path));
  }

  exists(segment: Segment): boolean {
    return this.disk.fs.existsSync(segment.path);
  }
}

function countOf(segment: Segment) {
  try {
    return segment.count();
  } finally {
    segment.close();
  }
}
