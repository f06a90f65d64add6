import { monotonicNow } from '../clock.js';
import { attempt, type Disk } from './spool-disk.js';
import {
  kindOf,
  leaveReceipt,
  namesIn,
  readOwner,
  removeReceipts,
  segmentsIn,
  sizeOf,
} from './spool-names.js';

/*
 * On another machine the time of modification of its folder says that an owner lives, by changing: the
 * clocks of two machines may differ. The segments of an owner that does not live are moved over: a move
 * works for one process only.
 */
/** How often an owner shows that it lives. */
export const HEARTBEAT_MS = 15_000;
const SILENT_AFTER_MS = 60_000;
/** How long an owner may come back and ask for the receipts of what was taken over. */
const GONE_AFTER_MS = 3_600_000;
/** The time of modification of a folder that its owner has left. */
export const LEFT_AT = 0;

/** What is silent may come back, but what it has left is taken over. */
type Life = 'lives' | 'silent' | 'gone';

/** The spool that looks at the others. */
interface Observer {
  readonly disk: Disk;
  readonly dir: string;
  readonly maxBytes: number;
  readonly kind: string;
  readonly owner: string;
  readonly path: string;
}

/** The other spools in a directory. */
export class SpoolOwners {
  own: Observer;
  /** How large the segments are that are not to be taken over, and which of them is the oldest. */
  bytes = 0;
  oldest: { folder: string; name: string } | null = null;
  /** Another kind of which segments were left that nobody sends. */
  strangeKind: string | null = null;
  /** The times of modification of owners on other machines, and since when, on our monotonic clock. */
  signs = new Map<string, { mtimeMs: number; since: number }>();

  constructor(own: Observer) {
    this.own = own;
  }

  /** Looks what there is, and has that taken over what owners of our kind have left that live no more. */
  scan(takeOver: (folder: string, name: string) => void): void {
    const { disk, dir } = this.own;
    this.bytes = 0;
    this.oldest = null;
    for (const name of namesIn(disk, dir)) {
      if (name !== this.own.owner && readOwner(name) !== null) {
        this.scanOne(name, takeOver);
      }
    }
  }

  scanOne(owner: string, takeOver: (folder: string, name: string) => void): void {
    const { disk, dir, kind: ownKind, maxBytes } = this.own;
    const folder = disk.join(dir, owner);
    const names = segmentsIn(disk, folder, maxBytes);
    const life = this.lifeOf(owner, folder);
    const isDead = life !== 'lives';
    for (const name of names) {
      const kind = kindOf(name) ?? ownKind;
      if (isDead && kind === ownKind) {
        takeOver(folder, name);
        continue;
      }
      if (isDead) {
        this.strangeKind = kind;
      }
      this.bytes += sizeOf(disk, disk.join(folder, name));
      if (this.oldest === null || name < this.oldest.name) {
        this.oldest = { folder, name };
      }
    }
    if (life === 'gone') {
      removeReceipts(disk, folder);
    }
    if (isDead) {
      attempt(() => {
        disk.fs.rmdirSync(folder);
        this.signs.delete(owner);
      });
    }
  }

  lifeOf(name: string, folder: string): Life {
    const { disk } = this.own;
    const owner = readOwner(name);
    const mtimeMs = attempt(() => disk.fs.statSync(folder).mtimeMs);
    if (owner === null || mtimeMs === undefined || mtimeMs === LEFT_AT) {
      return mtimeMs === LEFT_AT ? 'gone' : 'lives';
    }
    const { host, pid, start } = owner;
    if (host === disk.host) {
      return isRunning(pid) && isStartOf(disk, pid, start) ? 'lives' : 'gone';
    }
    const sign = this.signs.get(name);
    if (sign?.mtimeMs !== mtimeMs) {
      this.signs.set(name, { mtimeMs, since: monotonicNow() });
      return 'lives';
    }
    const silence = monotonicNow() - sign.since;
    if (silence > GONE_AFTER_MS) {
      return 'gone';
    }
    return silence > SILENT_AFTER_MS ? 'silent' : 'lives';
  }

  /** Moves a segment into our folder, and leaves a receipt for it. */
  move(folder: string, name: string): void {
    const { disk, path } = this.own;
    const from = disk.join(folder, name);
    leaveReceipt(disk, from);
    disk.fs.renameSync(from, disk.join(path, name));
  }
}

/** Whether a process may have been started then: its number may be that of an earlier one. */
function isStartOf(disk: Disk, pid: number, start: string): boolean {
  const known = disk.startOf(pid);
  return start === '' || known === '' || known === start;
}

/** Whether there is such a process here, be it of another user. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
