import { attempt, type Disk } from './spool-disk.js';

/*
 * Each spool has a folder of its own in the directory, named for the host, the process, at random and
 * for the start of the process, and writes and reads only there.
 */
const OWNER = /^([0-9a-f]{8})-(\d+)-[0-9a-f]{8}([0-9a-f]*)$/;
/**
 * Its name says, too, for which kind of collector it is: JSON and protobuf are both Zipkin's and OTLP's.
 */
const SEGMENT = /^\d+-\d{6,}-[0-9a-f]{8}(?:\.(\w+))?\.spans$/;
/** What is added to the name of a segment for the receipt that lies in its place. */
const RECEIPT = '.taken';
export const MAX_SEGMENT_BYTES = 4 * 1024 * 1024;

/** What the name of a folder says of its owner. */
export interface Owner {
  host: string;
  pid: number;
  /** As `startOf` of the disk. */
  start: string;
}

export function nameOfOwner(disk: Disk): string {
  return `${disk.host}-${disk.pid}-${disk.token()}${disk.startOf(disk.pid)}`;
}

/** `null` for a name that is none. */
export function readOwner(name: string): Owner | null {
  const parts = OWNER.exec(name);
  return parts && { host: parts[1] ?? '', pid: Number(parts[2]), start: parts[3] ?? '' };
}

/** Names sort by age. */
export function nameOfSegment(disk: Disk, made: number, kind: string): string {
  const order = String(made).padStart(6, '0');
  return `${Date.now()}-${order}-${disk.token()}.${kind}.spans`;
}

/** What a segment is encoded for; `undefined` where its name does not say it. */
export function kindOf(segment: string): string | undefined {
  return SEGMENT.exec(segment)?.[1];
}

/** The names of the segments in a folder. Nothing else in it is ours, nor what is larger than a spool. */
export function segmentsIn(disk: Disk, folder: string, maxBytes: number): string[] {
  const isSegment = (path: string) => {
    const stat = disk.fs.lstatSync(path);
    return stat.isFile() && stat.size <= Math.max(maxBytes, MAX_SEGMENT_BYTES);
  };
  return namesIn(disk, folder).filter(
    (name) => SEGMENT.test(name) && attempt(() => isSegment(disk.join(folder, name))),
  );
}

/**
 * Leaves a receipt for a segment that is about to be taken over, by which its owner, if it lives, tells a
 * takeover from a deletion.
 */
export function leaveReceipt(disk: Disk, segment: string): void {
  attempt(() => disk.fs.writeFileSync(segment + RECEIPT, '', { mode: 0o600 }));
}

/** Whether there is a receipt for a segment; it is removed. */
export function takeReceipt(disk: Disk, segment: string): boolean {
  const path = segment + RECEIPT;
  const isThere = disk.fs.existsSync(path);
  attempt(() => disk.fs.unlinkSync(path));
  return isThere;
}

/** Removes the receipts in a folder that nobody will ask for. */
export function removeReceipts(disk: Disk, folder: string): void {
  for (const name of namesIn(disk, folder)) {
    if (name.endsWith(RECEIPT) && SEGMENT.test(name.slice(0, -RECEIPT.length))) {
      attempt(() => disk.fs.unlinkSync(disk.join(folder, name)));
    }
  }
}

export function namesIn(disk: Disk, folder: string): string[] {
  return attempt(() => disk.fs.readdirSync(folder)) ?? [];
}

/** In bytes; 0 for what is not there. */
export function sizeOf(disk: Disk, path: string): number {
  return attempt(() => disk.fs.statSync(path).size) ?? 0;
}
